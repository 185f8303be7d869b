// Between the first script and the second part: what the second part is given, and what it gives back.
import type { Handle } from "./handle.ts";
import type { Id, Mono, Op, What } from "./op.ts";
import type { Settings } from "./settings.ts";

/** What the second part's host may rely on. `ts/page` makes it of what the first script leaves. */
export interface Port {
  readonly settings: Settings;
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
  /** Watches a root that can't be found from the document, such as a closed shadow root. */
  observe(root: Document | ShadowRoot): void;
  /** Events delivered by the first script itself; they are no longer in `ops` and are never handed over. */
  sentPlain: number;
  /** Ops dropped because there was no room for them. */
  dropped: number;
}

/** An element that is watched. */
export interface Watched {
  readonly el: Element;
  /** What the page's code said; it outranks markup. */
  said?: What;
  what?: What;
  /** 0 until its impression begins, and after it ended. */
  id: Id;
  /** What showed of it last. */
  fraction?: number;
  observer?: IntersectionObserver;
}

/** What the first script leaves: as little as can be there at once. */
export interface Start extends Pick<Port, "settings" | "t0" | "page" | "ops" | "push" | "sink" | "observe" | "sentPlain" | "dropped"> {
  all: Map<EventTarget, Watched>;
  /** The elements of live impressions. */
  els: (Element | undefined)[];
  /** Watches an element, and looks at it anew, soon. */
  watch(el: Element): void;
  begin(watched: Watched, t: Mono): void;
  /** With `why` by an op, else the core knows. */
  end(watched: Watched, why?: string): void;
  /** Elements that have no box and therefore nothing to show. */
  boxless?: (el: Element) => void;
  /** The page is hidden or left. The second part may put something before it. */
  leave(event?: PageTransitionEvent): void;
  /** What went out without the core: `n` events so far. */
  plain: { readonly n: number };
  /** The same function, which throws nothing into the page and does nothing once stopped. */
  guard<A extends any[]>(work: (...args: A) => void): (...args: A) => void;
  stopped?: boolean;
  /** What the page's code said last of consent. */
  consent?: string;
  /** `window.eyeline`, where the tag made one: its calls wait until it has the handle's methods. */
  call?: Record<string, unknown>;
  calls?: Call[];
  /** There once the second part is. */
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
  /** Times the core failed and was started anew: a bug of ours. */
  traps?: number;
  /** Whether sealed batches outlive the page. */
  stored?: boolean;
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
