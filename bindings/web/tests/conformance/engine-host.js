// The engine's web build as a host for scenarios: ops through ts/host/apply.ts, answers through ts/host/answer.ts.
import { failure, read, TIMED_OUT, UNREACHABLE } from "../../ts/host/answer.ts";
import { apply } from "../../ts/host/apply.ts";
import { FIRST_LOSS, LOSSES, READY, startCore } from "../../ts/host/surface.ts";
import { lendEntropy, splitMix64 } from "../core/entropy.js";
import { CONSENTS } from "./given.js";
import { opOf } from "./op.js";

export class EngineHost {
  #surface;
  #core;
  #ticket;
  #live = new Map();
  /** What the browser's store holds, by class and number. */
  #store = new Map();

  constructor(surface) {
    this.#surface = surface;
  }

  start({ mono, wall }, given, choice, seed) {
    const entries = [...this.#store.values()].sort(([a, x], [b, y]) => a - b || x - y);
    lendEntropy(splitMix64(seed));
    const { page, device } = given;
    const flags = (given.gpc ? GPC : 0) | (given.children ? CHILDREN : 0);
    this.#core = startCore(this.#surface, mono, wall, [
      given.affiliate, given.sdk, ...texts(page.site, page.path, page.referrer), ...deviceOf(device),
      ...pairs(given.dimensions), ...pairs(given.experiments), CONSENTS.indexOf(choice), flags, given.sampling, ...entries.flat(),
    ]);
    this.#keep(mono, wall);
  }

  kill() {
    this.#core(0, 0, "end");
    this.#core = undefined;
    this.#live.clear();
  }

  call(now, step) {
    const { mono, wall } = now;
    const core = this.#core;
    const op = opOf(mono, step);
    if (op) apply(op, (method, ...args) => core(mono, wall, method, ...args), this.#live);
    else if (step.do === "device") core(mono, wall, "device", ...deviceOf(step));
    else if (step.do === "shutdown") core(mono, wall, "shutdown");
    else throw new Error(`no host can ${step.do}`);
    this.#keep(mono, wall);
  }

  async request({ mono, wall }) {
    const [next, ticket, path, body] = this.#core(mono, wall, "next");
    this.#keep(mono, wall);
    if (next !== READY) return undefined;
    this.#ticket = ticket;
    return { path, body: await unpacked(body) };
  }

  answer({ mono, wall }, given) {
    const { code, ok, rejected, retryAfter } = received(given, wall);
    this.#core(mono, wall, "answer", this.#ticket, code, retryAfter, ok, ...rejected);
    this.#keep(mono, wall);
  }

  isStoreUsed() {
    return this.#store.size > 0;
  }

  counts({ mono, wall }) {
    const stats = this.#core(mono, wall, "stats");
    const [captured, delivered, queued, , , erasures] = stats;
    const lost = LOSSES.map((reason, at) => [reason, stats[FIRST_LOSS + at]]).filter(([, count]) => count > 0);
    return { captured, delivered, queued, erasures, lost };
  }

  #keep(mono, wall) {
    const store = this.#store;
    const writes = this.#core(mono, wall, "writes");
    while (writes.length) {
      const [op, cls, number, value] = writes.splice(0, 4);
      if (op === 0) store.set(`${cls}:${number}`, [cls, number, value]);
      else if (op === 1) store.delete(`${cls}:${number}`);
      else if (op === 2) for (const [key, [c, n]] of store) c === cls && n <= number && store.delete(key);
      else store.clear();
    }
  }
}

/** What fetch would have made of it: transport.ts follows no redirect. */
const received = (given, wall) => {
  if (given === "timeout") return failure(TIMED_OUT);
  if (given === "unreachable" || (given.status >= 300 && given.status < 400)) return failure(UNREACHABLE);
  return read(given.status, given.body, given.retryAfter, wall);
};

const texts = (...parts) => parts.map((part) => part ?? "");
const pairs = (record) => [Object.keys(record).length, ...Object.entries(record).flat()];
const deviceOf = ({ class: cls, os, language, utc_offset_min, viewport_width, viewport_height }) =>
  [...texts(cls, os, language), utc_offset_min, viewport_width, viewport_height];

const unpacked = (body) =>
  body[0] === 0x1f ? new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text() : new TextDecoder().decode(body);

const GPC = 1;
const CHILDREN = 2;
