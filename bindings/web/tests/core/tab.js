// One tab on a build of the engine: its calls, and what its slot in the browser's store holds.
export class Tab {
  /** `begin` is told the number of each start, from 1, to lend it entropy. */
  constructor(startCore, surface, begin) {
    this.startCore = startCore;
    this.surface = surface;
    this.begin = begin;
    this.starts = 0;
    this.ticket = 0;
    /** By class and number. */
    this.store = new Map();
  }

  call([name, m, w, ...said]) {
    if (name === "start") return this.start(m, w, said);
    const reply = this.core(m, w, name, ...(name === "answer" ? [this.ticket, ...said] : said));
    if (name === "next" && reply[0] === READY) this.ticket = reply[1];
    if (name === "writes") for (let at = 0; at < reply.length; at += 4) this.keep(...reply.slice(at, at + 4));
    return reply;
  }

  start(m, w, said) {
    this.end(m, w);
    this.ticket = 0;
    this.begin(++this.starts);
    const entries = [...this.store.values()].sort(([a, i], [b, j]) => a - b || i - j);
    this.core = this.startCore(this.surface, m, w, [...said, ...entries.flat()]);
    return [this.core !== undefined];
  }

  end(m, w) {
    this.core?.(m, w, "end");
    this.core = undefined;
  }

  keep(op, cls, at, value) {
    if (op === 0) this.store.set(cls + ":" + at, [cls, at, value]);
    else if (op === 1) this.store.delete(cls + ":" + at);
    else if (op === 2) for (const [key, entry] of this.store) entry[0] === cls && entry[1] <= at && this.store.delete(key);
    else this.store.clear();
  }
}

const READY = -1;
