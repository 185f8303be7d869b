// Between the first script and the second part: what the second part is given, and what it gives back.
import type { Handle } from "./handle.ts";
import type { Id, Mono, Op, What } from "./op.ts";
import type { Settings } from "./settings.ts";

export interface Port {
  /** As the tag says them, in text, until the second part has made them what their type says. */
  settings: Settings;
  /** The same moment on both clocks, in ms. */
  readonly t0: { mono: Mono; wall: number };
  /** The page on which the first of `ops` happened; `page` ops come after it. */
  readonly page: PageView;
  /** Waiting for the second part, oldest first. It takes them and sets `sink` in one task. */
  ops: Op[];
  /** Queues, or goes to `sink` once there is one. */
  push(op: Op): void;
  sink?: (op: Op) => void;
  /** Wall time of a moment, in ms. */
  wall(t: Mono): number;
  /** The element of a live impression. */
  el(id: Id): Element | undefined;
  /** The live impression of an element; 0 where there is none. */
  idOf(el: Element): Id;
  /** Watches a root the first script can't find by itself: a shadow root, the document of a frame. */
  observe(root: Document | ShadowRoot): void;
  /** Events delivered by the first script itself; they are no longer in `ops` and are never handed over. */
  sentPlain: number;
  /** Ops dropped because `ops` was full, reports of what shows first. */
  dropped: number;
  /** Events among them. */
  lost: number;

  // For ts/page, which completes the observing.

  /** Measures an element; `said` outranks its markup. */
  watch(el: Element, said?: What): void;
  /** Looks anew, soon, at an element that is watched. */
  look(el: EventTarget): void;
  /** Lets go of what left the page, be it with the frame it was in; with `why` of everything. */
  sweep(why?: string): void;
  /** Ends all impressions: by ops with `why`, without where the core knows. */
  end(why?: string): void;
  /** Looks anew at everything. */
  renew(): void;
  /** Told of an element that has no box and therefore nothing to show. */
  boxless?: (el: Element) => void;
  /** The same function, which throws nothing into the page and does nothing once stopped. */
  guard<A extends any[]>(work: (...args: A) => void): (...args: A) => void;
  stopped?: boolean;
  leave(): void;
  /** Calls of `window.eyeline` from before there was a handle, each with its moment. */
  calls?: Call[];
  handle?: Handle;
}

export type Call = [t: Mono, method: string, ...args: any[]];

export interface PageView {
  site: string;
  /** Path, never a query. */
  path: string;
  /** Host the visitor came from; "" for none. */
  referrer: string;
}

export interface Stats {
  captured: number;
  delivered: number;
  queued: number;
  /** By reason, as in the batch's `loss`. */
  lost: Record<string, number>;
  /** Which build runs: `first` while the first script is alone. */
  path: "first" | "wasm" | "js";
}

/** What the second part's `attach(port)` resolves to. */
export interface Host {
  /** Sends what is queued; true when all of it was delivered. */
  flush(): Promise<boolean>;
  stats(): Stats;
  /** Sends what is queued, then lets go of storage, timers and locks. */
  stop(): void;
}

/** What the second part exports. */
export type Attach = (port: Port) => Promise<Host>;
