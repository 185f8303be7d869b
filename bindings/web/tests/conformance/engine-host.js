// The engine's web build as a host for scenarios: ops through ts/host/apply.ts, answers through ts/host/answer.ts.
import { failure, read, TIMED_OUT, UNREACHABLE } from "../../ts/host/answer.ts";
import { apply } from "../../ts/host/apply.ts";
import { FIRST_LOSS, LOSSES, READY } from "../../ts/host/surface.ts";
import { lendEntropy, splitMix64 } from "../core/entropy.js";
import { CONSENTS } from "./given.js";
import { opOf } from "./op.js";

export class EngineHost {
  #surface;
  #core;
  #live = new Map();
  /** What the browser's store holds, by class and number. */
  #store = new Map();

  constructor(surface) {
    this.#surface = surface;
  }

  start({ mono, wall }, given, choice, seed) {
    const restore = new this.#surface.Restore();
    const entries = [...this.#store.values()].sort(([a, x], [b, y]) => a - b || x - y);
    for (const [cls, number, value] of entries) restore.put(cls, number, value);
    lendEntropy(splitMix64(seed));
    const { page, device } = given;
    const flags = (given.gpc ? GPC : 0) | (given.children ? CHILDREN : 0);
    this.#core = restore.start(
      mono, wall, given.affiliate, given.sdk, joined([page.site, page.path, page.referrer]), textOf(device), device.utc_offset_min,
      device.viewport_width, device.viewport_height, pairs(given.dimensions), pairs(given.experiments), CONSENTS.indexOf(choice), flags, given.sampling,
    );
    this.#keep();
  }

  kill() {
    this.#core.free();
    this.#core = undefined;
    this.#live.clear();
  }

  call(now, step) {
    const { mono, wall } = now;
    const core = this.#core;
    const op = opOf(mono, step);
    if (op) apply(op, (method, ...args) => core[method](mono, wall, ...args), this.#live);
    else if (step.do === "device") core.device(mono, wall, textOf(step), step.utc_offset_min, step.viewport_width, step.viewport_height);
    else if (step.do === "shutdown") core.shutdown(mono, wall);
    else throw new Error(`no host can ${step.do}`);
    this.#keep();
  }

  async request({ mono, wall }) {
    const next = this.#core.next(mono, wall);
    this.#keep();
    return next === READY ? { path: this.#core.path(), body: await unpacked(this.#core.body()) } : undefined;
  }

  answer({ mono, wall }, given) {
    const { code, ok, rejected, retryAfter } = received(given, wall);
    this.#core.answer(mono, wall, this.#core.ticket(), code, ok, rejected, retryAfter);
    this.#keep();
  }

  isStoreUsed() {
    return this.#store.size > 0;
  }

  counts({ mono, wall }) {
    const stats = this.#core.stats(mono, wall);
    const [captured, delivered, queued, , , erasures] = stats;
    const lost = LOSSES.map((reason, at) => [reason, stats[FIRST_LOSS + at]]).filter(([, count]) => count > 0);
    return { captured, delivered, queued, erasures, lost };
  }

  #keep() {
    const store = this.#store;
    this.#core.writes((op, cls, number, value) => {
      if (op === 0) store.set(`${cls}:${number}`, [cls, number, value]);
      else if (op === 1) store.delete(`${cls}:${number}`);
      else if (op === 2) for (const [key, [c, n]] of store) c === cls && n <= number && store.delete(key);
      else store.clear();
    });
  }
}

/** What fetch would have made of it: transport.ts follows no redirect. */
const received = (given, wall) => {
  if (given === "timeout") return failure(TIMED_OUT);
  if (given === "unreachable" || (given.status >= 300 && given.status < 400)) return failure(UNREACHABLE);
  return read(given.status, given.body, given.retryAfter, wall);
};

const joined = (parts) => parts.join("\u0001");
const pairs = (record) => joined(Object.entries(record).flat());
const textOf = ({ class: cls, os, language }) => joined([cls, os, language]);

const unpacked = (body) =>
  body[0] === 0x1f ? new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text() : new TextDecoder().decode(body);

const GPC = 1;
const CHILDREN = 2;
