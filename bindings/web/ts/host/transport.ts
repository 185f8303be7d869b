// Uploads by fetch: no header of our own, so no preflight; no cookie; one that outlives the page where the quota allows.
import { failure, read, TIMED_OUT, UNREACHABLE, type Answer } from "./answer.ts";
import { Ledger } from "./ledger.ts";

export class Transport {
  private _ledger = new Ledger();
  private readonly _origin: string;
  private readonly _key: string;

  constructor(endpoint: string, key: string) {
    this._origin = endpoint.replace(/\/+$/, "");
    this._key = "&k=" + encodeURIComponent(key);
  }

  url(path: string): string {
    return this._origin + path + this._key;
  }

  /** `request` for fetch and fetchLater alike. */
  request(body: Uint8Array): RequestInit {
    return { method: "POST", body: body as BodyInit, credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };
  }

  /** Sends at once; the answer never rejects. A small body outlives the page even while it is seen: nobody knows when it is left. */
  send(path: string, body: Uint8Array, leaving: boolean): { answer: Promise<Answer>; outlives: boolean } {
    const outlives = (leaving || body.length <= SMALL_BYTES) && this._ledger.take(body.length);
    return { answer: this._send(path, body, leaving, outlives), outlives };
  }

  private async _send(path: string, body: Uint8Array, leaving: boolean, keepalive: boolean): Promise<Answer> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS);
    try {
      const response = await fetch(this.url(path), {
        ...this.request(body),
        keepalive,
        signal: abort.signal,
        ...(leaving ? {} : { priority: "low" }),
      });
      const answer = read(response.status, await response.text(), response.headers.get("retry-after"), Date.now());
      if (keepalive) this._ledger.passed();
      return answer;
    } catch {
      if (abort.signal.aborted) return failure(TIMED_OUT);
      // No network and a quota used up look the same: the next try is a smaller one, or a plain one.
      if (keepalive) this._ledger.refused(body.length);
      return failure(UNREACHABLE);
    } finally {
      clearTimeout(timer);
      if (keepalive) this._ledger.release(body.length);
    }
  }
}

/** Ours: half a minute of silence is an answer lost. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Ours: a quarter of the quota stays for others while the page is seen. */
const SMALL_BYTES = 16_384;
