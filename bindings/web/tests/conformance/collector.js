// The scripted collector of a scenario: what becomes of one request after another. Runs in Node and in a page.

/** Answers in the order of the script; the last one stands for good. */
export class Collector {
  #script;
  #next = 0;

  constructor(script = ["take"]) {
    this.#script = script;
  }

  /** `{ status, body, retryAfter }` of the answer, or a word: "unreachable", "timeout", "silence". */
  answer(body) {
    const answer = this.#script[Math.min(this.#next++, this.#script.length - 1)];
    if (answer === "reset" || answer === "offline") return "unreachable";
    if (answer === "timeout" || answer === "silence") return answer;
    if (answer !== "take" && !answer.reject) return { status: answer.status, body: answer.body ?? "", retryAfter: answer.retry_after ?? null };
    const rejected = (answer.reject ?? []).map((n) => ({ n, why: "invalid" }));
    return { status: 200, body: JSON.stringify({ v: 1, ok: events(body) - rejected.length, rejected }), retryAfter: null };
  }
}

/** A request to forget counts as one event. */
const events = (body) => JSON.parse(body).ev?.length ?? 1;
