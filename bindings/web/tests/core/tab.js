// One tab on a build of the engine, driven call by call, as `examples/native.rs` drives the native one.

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const number = (value) => value ?? NaN;

export class Tab {
  /** `begin` is told the number of each start, from 1, to lend it entropy. */
  constructor(surface, begin) {
    this.surface = surface;
    this.begin = begin;
    this.starts = 0;
    /** What its slot in the browser's store holds, by class and number. */
    this.store = new Map();
  }

  call([name, ...a]) {
    const { core } = this;
    switch (name) {
      case "start":
        return this.start(a);
      case "render":
      case "serve":
        return core[name](...a.map((value) => (value === null ? NaN : value))) ?? null;
      case "stats":
        return [...core.stats(...a)];
      case "preview":
      case "waiting": {
        const body = core[name](...a);
        return body ? [core.previewPath(), hex(body)] : null;
      }
      case "turn": {
        const next = core.next(...a);
        return next === -1 ? [next, core.ticket(), core.path(), core.kind(), core.events(), hex(core.body())] : [next];
      }
      case "answer": {
        const [m, w, code, ok, rejected, retryAfter] = a;
        return core.answer(m, w, core.ticket(), code, ok, new Float64Array(rejected), retryAfter) ?? null;
      }
      case "store":
        return this.keep();
      default:
        return core[name](...a.map(number)) ?? null;
    }
  }

  start(a) {
    this.core?.free();
    const restore = new this.surface.Restore();
    for (const [cls, at, value] of this.store.values()) restore.put(cls, at, value);
    this.begin(++this.starts);
    this.core = restore.start(...a);
    return this.core !== undefined;
  }

  /** Stores what is to be stored; what a sealed batch holds is compared when it is sent. */
  keep() {
    const said = [];
    this.core.writes((op, cls, at, value) => {
      said.push([op, cls, at, cls === BATCH ? "" : hex(value)]);
      if (op === 0) this.store.set(cls + ":" + at, [cls, at, value]);
      else if (op === 1) this.store.delete(cls + ":" + at);
      else if (op === 2) for (const [key, entry] of this.store) entry[0] === cls && entry[1] <= at && this.store.delete(key);
      else this.store.clear();
    });
    return said;
  }
}

const BATCH = 2;
