// The core as TypeScript sees it: calls by name, each with the moment it is made at, on the page's steady clock and its
// wall clock, both in ms.
import { packed, unpacked } from "./message.ts";

/** What both builds of the core export. */
export type Surface = Pick<typeof import("#glue"), "call">;

/** What the engine wants stored: 0 put, 1 delete, 2 delete through `number`, 3 wipe. */
export type Write = [op: number, cls: number, number: number, value: Uint8Array];

/** What chose the content. Position -1 and propensity NaN: unknown. Flags: 1 measurable, 2 exploration, 4 video. */
type Chosen = [content: string, placement: string, position: number, request: string, model: string, propensity: number, flags: number];
type Device = [cls: string, os: string, language: string, tz: number, width: number, height: number];

/** What each call says. */
export interface Calls {
  end: [];
  /** A rule of the page's own, or an empty name. Answers the impression's number, 0 where it was refused. */
  render: [...Chosen, rule: string, fraction: number, ms: number, variant: string];
  /** Visible fraction, whole size in CSS px. */
  visible: [imp: number, fraction: number, width: number, height: number];
  click: [imp: number, trusted: boolean, target: string];
  /** States as in `MEDIA_STATES`; a negative `watched` and `length` are unknown; flags: 1 autoplay, 2 muted. */
  media: [imp: number, state: number, position: number, watched: number, length: number, flags: number];
  hide: [imp: number, why: string];
  serve: Chosen;
  /** In minor units; holds where `currency` is three letters of ISO 4217. */
  convert: [goal: string, value: number, currency: string, order: string];
  /** An empty `site` means the same as before. */
  page: [site: string, path: string, referrer: string];
  device: Device;
  active: [active: boolean];
  activity: [];
  /** As in `CONSENTS`. */
  consent: [choice: number];
  gpc: [gpc: boolean];
  forget: [];
  flush: [];
  background: [];
  shutdown: [];
  /** Answers {@link IDLE}, the ms until it has to be asked again, or {@link READY}, ticket, path, body, kind (1: to forget), events. */
  next: [];
  /** How the upload of a ticket went: `Answer`. */
  answer: [ticket: number, code: number, retryAfter: string, ok: number, ...rejected: number[]];
  /** Answers path and body of what would deliver the open batch if the page died now, or nothing. */
  preview: [];
  /** Answers path and body of the sealed batch number `skip` of those that wait while another is on its way, or nothing. */
  waiting: [skip: number];
  /** Answers what has to be stored now, as one transaction: {@link Write} after {@link Write}. */
  writes: [];
  /** What was handed out last could not be stored. */
  storageFailed: [];
  /** Answers captured, delivered, queued, bytes queued, batches set aside, requests to forget that wait, failures of the store, then {@link LOSSES}. */
  stats: [];
}

/** In the order of their numbers: `src/calls.rs`. */
const METHODS = [
  "start", "end", "render", "visible", "click", "media", "hide", "serve", "convert", "page", "device", "active", "activity", "consent", "gpc",
  "forget", "flush", "background", "shutdown", "next", "answer", "preview", "waiting", "writes", "storageFailed", "stats",
] as const;

export type Method = keyof Calls;

/** Calls a core. What a trap throws comes through. */
export type Core = <K extends Method>(m: number, w: number, method: K, ...said: Calls[K]) => any[];

/** What a start says; after it what was stored, entry by entry: class, number, value. Pairs stand behind their count. */
export type StartSays = [
  ...[affiliate: string, sdk: string, site: string, path: string, referrer: string],
  ...Device,
  /** Dimensions, experiments, consent, flags (1 GPC, 2 an audience of children), sampling, entries. */
  ...rest: (number | string | Uint8Array)[],
];

/** `undefined` without a valid affiliate. */
export const startCore = ({ call }: Surface, m: number, w: number, said: StartSays): Core | undefined => {
  const make = (core: number, method: (typeof METHODS)[number], m: number, w: number, said: Parameters<typeof packed>[0]) =>
    unpacked(call(core, METHODS.indexOf(method), m, w, packed(said)));
  const [core] = make(0, "start", m, w, said);
  return core && ((m, w, method, ...said) => make(core, method, m, w, said));
};

/** What `next` says where it names no time to wait. */
export const READY = -1;
export const IDLE = -2;

/** Reasons of losses as `stats` lists them, after its seven counts. */
export const LOSSES = ["queue_full", "expired", "too_large", "refused", "consent_withdrawn", "storage_failed", "unconfirmed"];
export const FIRST_LOSS = 7;
