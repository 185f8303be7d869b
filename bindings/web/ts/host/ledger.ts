// How many bytes are on their way that outlive the page. Browsers allow 65,536 for the whole page, shared with the
// site's own beacons (Fetch standard, "inflight keepalive bytes").

export const KEEPALIVE_BYTES_MAX = 60_000;

export class Ledger {
  private _pending = 0;
  private _ceiling = KEEPALIVE_BYTES_MAX;

  /** Whether a request of `bytes` may ask to outlive the page; if so it counts until {@link release}. */
  take(bytes: number): boolean {
    const fits = this._pending + bytes <= this._ceiling;
    if (fits) this._pending += bytes;
    return fits;
  }

  release(bytes: number): void {
    this._pending -= bytes;
  }

  /** The browser refused `bytes`: others use the quota too. Half of what was believed is left, and less than was refused. */
  refused(bytes: number): void {
    this._ceiling = Math.min(this._ceiling >> 1, bytes - 1);
  }

  /** A request got through: what is believed grows back. */
  passed(): void {
    this._ceiling = Math.min(KEEPALIVE_BYTES_MAX, this._ceiling * 2 + 1024);
  }
}
