// Between the first script and the second part: what the second part is given, and what it gives back.
import type { Id, Mono, Op } from "./op.ts";
import type { Settings } from "./settings.ts";

export interface Port {
  readonly settings: Settings;
  /** The same moment on both clocks, in ms. */
  readonly t0: { mono: Mono; wall: number };
  /** The page shown at that moment: site, path without query, host the visitor came from. */
  readonly page: readonly [site: string, path: string, referrer: string];
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
  /** Watches a root the first script can't find by itself, such as a closed shadow root. */
  observe(root: Document | ShadowRoot): void;
  /** Ops delivered by the first script itself; they are no longer in `ops` and are never handed over. */
  sentPlain: number;
  /** Ops dropped because `ops` was full. */
  dropped: number;
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
