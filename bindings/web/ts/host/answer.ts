// What became of an upload: the collector's own answer, read strictly, or what came in its place.

/** `code`: 0 unreachable, 1 timed out, 2 taken, else the HTTP status. */
export type Answer = { code: number; ok: number; rejected: number[]; retryAfter: string };

export const UNREACHABLE = 0;
export const TIMED_OUT = 1;
export const TAKEN = 2;

export const failure = (code: number, retryAfter = ""): Answer => ({ code, ok: 0, rejected: [], retryAfter });

/** A 2xx is the collector's only if its body says so: a captive portal answers 200 to everything. */
export const read = (status: number, body: string, retryAfter: string | null, now: number): Answer => {
  if (status >= 200 && status < 300 && body.length <= ANSWER_CHARS_MAX) {
    try {
      const { v, ok, rejected = [] } = JSON.parse(body);
      if (v === 1 && isCount(ok) && Array.isArray(rejected) && rejected.every((r) => isCount(r.n) && typeof r.why === "string")) {
        return { code: TAKEN, ok, rejected: rejected.map((r) => r.n), retryAfter: "" };
      }
    } catch {
      // Not JSON, or not an object: not the collector's.
    }
  }
  return failure(status, retryAfter ? secondsOf(retryAfter, now) : "");
};

/** The core knows seconds alone; an HTTP date is as many as it is away, rounded up: not before then. */
const secondsOf = (header: string, now: number): string => (/GMT\s*$/.test(header) ? `${Math.max(0, Math.ceil((Date.parse(header) - now) / 1_000))}` : header);

const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;

/** Ours: 500 refusals of the longest kind fit twice. */
const ANSWER_CHARS_MAX = 65_536;
