// What the first script saw, as plain arrays: cheap to make, and the same whether they wait in the queue or go straight to the core.

/** Ms of `performance.now()` at the moment it happened. */
export type Mono = number;

/** Number the first script gave an impression, from 1. The core numbers its own. */
export type Id = number;

/** When an impression counts as viewable, where neither the MRC's display nor its video rule is meant. */
export interface Rule {
  /** Lower-case name the `viewable` event carries. */
  name: string;
  /** Share of the element that has to show, above 0 and at most 1. */
  fraction: number;
  /** How long without a break, in ms. */
  ms: number;
}

/** What is shown (or served), where, and what chose it. Texts are trimmed and within the wire's limits. */
export interface What {
  content: string;
  placement: string;
  /** Counted from 1. */
  position?: number;
  request?: string;
  /** `model@version`. */
  model?: string;
  /** Above 0 and at most 1. */
  propensity?: number;
  exploration?: boolean;
  variant?: string;
  /** 0 where this browser can't tell what shows. */
  measurable?: 0 | 1;
  video?: boolean;
  rule?: Rule;
  /** When any of it first showed: the first script's own note. */
  seen?: Mono;
  /** Host and path a click leads to, where the markup names it; otherwise the link clicked on. */
  target?: string;
}

/** Why an impression ended. Any other label may come from a host page. */
export type HideWhy = "removed" | "changed" | "bfcache" | "stopped";

/** The index of a state is its number in an op. */
export const MEDIA_STATES = ["start", "q25", "q50", "q75", "complete", "pause", "resume", "mute", "error", "stop"] as const;

/** The index of a choice is its number in an op. */
export const CONSENTS = ["pending", "full", "measure", "denied"] as const;

export type Op =
  | [t: Mono, kind: "render", id: Id, what: What]
  /** `fraction` from 0 to 1 of an element of `width` × `height` CSS px. */
  | [t: Mono, kind: "visible", id: Id, fraction: number, width: number, height: number]
  /** `target`: host and path, never a query; "" where it leads nowhere. */
  | [t: Mono, kind: "click", id: Id, trusted: boolean, target: string]
  /** `flags`: 1 autoplay, 2 muted. Times in ms; `length` -1 where there is none (live). */
  | [t: Mono, kind: "media", id: Id, state: number, position: number, watched: number, length: number, flags: number]
  | [t: Mono, kind: "hide", id: Id, why: string]
  /** Whether the page is in the foreground. Comes before the first render, and whenever it changes. */
  | [t: Mono, kind: "active", active: boolean]
  /** The visitor did something; at most once a second. */
  | [t: Mono, kind: "activity"]
  /** The page now shown, the first one excepted. The core itself ends what was shown on the one before; no `hide` is sent. */
  | [t: Mono, kind: "page", site: string, path: string, referrer: string]
  | [t: Mono, kind: "serve", what: What]
  /** `value` in minor units of `currency`, -1 for none. */
  | [t: Mono, kind: "convert", goal: string, value: number, currency: string, order: string]
  | [t: Mono, kind: "consent", consent: 0 | 1 | 2 | 3]
  | [t: Mono, kind: "gpc", gpc: boolean]
  | [t: Mono, kind: "forget"]
  /** The page is hidden or left: close, seal and send, all before this call returns. */
  | [t: Mono, kind: "leave"]
  /** The page came back from the back/forward cache. New impressions of what it shows follow. */
  | [t: Mono, kind: "resume"]
  | [t: Mono, kind: "flush"];
