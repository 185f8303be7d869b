// Settings of one start, as the script tag's data-* attributes or as the argument of start().
import type { Rule } from "./op.ts";

export type ConsentChoice = "full" | "measure" | "pending" | "denied";

export interface Settings {
  /** Write key of the collector. */
  key: string;
  /** Origin of the collector, such as `https://collect.example.com`. */
  endpoint: string;
  /** Whose page this is. The key is bound to it. */
  affiliate: string;
  /** `auto`: pending until the page's TCF or GPP platform answers. Default `pending`. */
  consent?: ConsentChoice | "auto";
  /** With `auto`: the id in the IAB's Global Vendor List under which the page asks for us. Without one, purposes alone count. */
  vendor?: number;
  /** Default: the page's host name. */
  site?: string;
  /** The page is directed at children: no visitor id. */
  children?: boolean;
  /** Share of sessions to record, above 0 and at most 1. Default 1. */
  sampling?: number;
  /** Custom dimensions: at most 8. */
  dim?: Record<string, string>;
  /** Experiments and the variant the visitor is in. */
  exp?: Record<string, string>;
  /** Rule of every impression that names none. */
  rule?: Rule;
  /** Whether a change of the page's path is a new page view. Default true. */
  spa?: boolean;
  /** Say in the console what went wrong. */
  debug?: boolean;
  /** Folder of the second part and the wasm. Default: the script's own. */
  core?: string;
}
