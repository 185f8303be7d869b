// Requests that need no page any more, however it went: made ready ahead with what would be sent now. Where there is fetchLater
// the browser makes them; Firefox is given them first thing at pagehide.
import type { Transport } from "./transport.ts";

type Fetch = (url: string, init: RequestInit) => unknown;
/** Path and body of one upload. */
export type Upload = readonly [path: string, body: Uint8Array];

export class Later {
  private _abort: AbortController | undefined;
  private _uploads: readonly Upload[] = [];
  private _armed = -Infinity;
  private _quota = window === window.top ? QUOTA_BYTES : FRAME_QUOTA_BYTES;
  private readonly _fetch = (globalThis as { fetchLater?: Fetch }).fetchLater;
  /**
   * Firefox takes a site's last tab away while pagehide still runs: of requests made a quarter of a millisecond into it, two
   * of three never left (measured with Firefox 153). Only the first line of it is safe.
   */
  readonly isRushed = !this._fetch && CSS.supports("-moz-appearance", "none");

  constructor(
    private readonly _transport: Transport,
    signal: AbortSignal,
  ) {
    // What the page sends itself, a moment later, has these aborted: they arrive where that moment was its last.
    if (this.isRushed) addEventListener("pagehide", () => this._give((url, init) => fetch(url, init).catch(() => {})), { signal, capture: true });
  }

  get isPossible(): boolean {
    return !!this._fetch || this.isRushed;
  }

  /** Ms until it may be armed again: arming costs the page more than an event does. */
  wait(now: number): number {
    return Math.max(0, this._armed + PAUSE_MS - now);
  }

  /** Puts `uploads`, as many as the quota takes, in the place of what was armed before. */
  arm(uploads: readonly Upload[], now: number): void {
    this.disarm();
    this._armed = now;
    this._uploads = uploads;
    if (this._fetch) this._give(this._fetch);
  }

  /** What is armed is not needed any more. */
  disarm(): void {
    this._abort?.abort();
    this.keep();
    this._uploads = [];
  }

  /** What is armed stays so: nobody is left who could send it better. */
  keep(): void {
    this._abort = undefined;
  }

  private _give(fetch: Fetch): void {
    const { signal } = (this._abort = new AbortController());
    let left = this._quota;
    for (const [path, body] of this._uploads) {
      if (body.length > left) continue;
      try {
        fetch.call(globalThis, this._transport.url(untimed(path)), { ...this._transport.request(body), keepalive: true, signal });
        left -= body.length + REQUEST_BYTES;
      } catch {
        // Over the quota, which other frames of this origin share, or forbidden here: less next time.
        this._quota = Math.min(this._quota >> 1, body.length - 1);
        return;
      }
    }
  }
}

/** Nobody knows when it will be sent: without the clocks of an attempt the batch's own start dates its events. */
const untimed = (path: string): string => path.replace(/\bw=\d+&/, "").replace(/&s=\d+/, "");

/** Ours: arming takes 0.13 to 0.33 ms. */
const PAUSE_MS = 1000;
/** The browser's: 64 KiB an origin, 8 KiB in a frame of another origin; addresses and headers count. */
const QUOTA_BYTES = 60_000;
const FRAME_QUOTA_BYTES = 7_000;
const REQUEST_BYTES = 512;
