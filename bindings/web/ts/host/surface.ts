// The core as its wasm surface shows it to TypeScript: scalars in, bytes out.
// Every call takes `m`, the page's steady clock (performance.now()), and `w`, its wall clock (Date.now()), both in ms.

/** What the engine wants stored: 0 put, 1 delete, 2 delete through `number`, 3 wipe. */
export type Write = [op: number, cls: number, number: number, value: Uint8Array];

/** One engine. After a call threw (the wasm trapped) it must not be called again. */
export interface Core {
  render(
    m: number, w: number, content: string, placement: string, position: number, request: string, model: string,
    propensity: number, flags: number, rule: string, fraction: number, ms: number, variant: string,
  ): number;
  visible(m: number, w: number, imp: number, fraction: number, width: number, height: number): void;
  click(m: number, w: number, imp: number, trusted: boolean, target: string): void;
  hide(m: number, w: number, imp: number, why: string): void;
  media(
    m: number, w: number, imp: number, state: number, position: number, watched: number, length: number, flags: number,
  ): void;
  serve(
    m: number, w: number, content: string, placement: string, position: number, request: string, model: string,
    propensity: number, flags: number,
  ): void;
  convert(m: number, w: number, goal: string, value: number, currency: string, order: string): void;
  page(m: number, w: number, site: string, path: string, referrer: string): void;
  device(m: number, w: number, device: string, tz: number, width: number, height: number): void;
  active(m: number, w: number, active: boolean): void;
  activity(m: number, w: number): void;
  consent(m: number, w: number, choice: number): void;
  gpc(m: number, w: number, gpc: boolean): void;
  forget(m: number, w: number): void;
  flush(m: number, w: number): void;
  background(m: number, w: number): void;
  /** Milliseconds to wait, or {@link READY}, or {@link IDLE}. */
  next(m: number, w: number): number;
  /** Of the upload that is ready; the body can be taken once. */
  ticket(): number;
  path(): string;
  body(): Uint8Array;
  answer(m: number, w: number, ticket: number, code: number, ok: number, rejected: Float64Array, retryAfter: string): void;
  /** The open batch as it would be sent now. */
  preview(m: number, w: number): Uint8Array | undefined;
  /** The sealed batch number `i`, from 0, of those that wait and are not on their way. */
  waiting(m: number, w: number, i: number): Uint8Array | undefined;
  /** Where what was last previewed, or last seen waiting, goes. */
  previewPath(): string;
  writes(each: (...write: Write) => void): void;
  storageFailed(m: number, w: number): void;
  /** In the order of {@link COUNTS}, then losses in that of {@link LOSSES}. */
  stats(m: number, w: number): Float64Array;
  free(): void;
}

/** A start of the engine on what was stored. */
export interface Restore {
  put(cls: number, number: number, bytes: Uint8Array): void;
  start(
    m: number, w: number, affiliate: string, sdk: string, page: string, device: string, tz: number, width: number,
    height: number, dimensions: string, experiments: string, consent: number, flags: number, sampling: number,
  ): Core | undefined;
}

export type Surface = { Restore: new () => Restore };

export const READY = -1;
export const IDLE = -2;

export const COUNTS = ["captured", "delivered", "queued", "bytes", "aside", "erasures", "storageFailures"] as const;
export const LOSSES = [
  "queue_full", "expired", "too_large", "refused", "consent_withdrawn", "storage_failed", "unconfirmed",
] as const;
