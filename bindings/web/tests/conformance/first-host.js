// The first script alone as a host for scenarios: its queue and what it sends at leave, on clocks and a network of the player's.
import vm from "node:vm";
import { splitMix64 } from "../core/entropy.js";
import { firstScript } from "./built.js";
import { opOf } from "./op.js";

const SCRIPT = new vm.Script(await firstScript());

/** What the first script can do without the engine. */
const CAN = new Set(["start", "active", "activity", "render", "visible", "click", "hide", "background", "tick", "collector"]);

/** Whether it can do all that happens, and anything would be sent. */
export const canFirst = ({ when }) => when.every((step) => CAN.has(step.do)) && when.some((step) => step.do === "background");

export class FirstHost {
  #now;
  #port;
  #whats = new Map();
  #timers = [];
  #requests = [];
  #answers = [];

  start(now, given, choice, seed) {
    this.#now = now;
    const settings = {
      key: "k", endpoint: "https://c.example", affiliate: given.affiliate, consent: choice, children: given.children,
      sampling: given.sampling, dim: given.dimensions, exp: given.experiments,
    };
    const context = vm.createContext(this.#page(given, splitMix64(seed)));
    SCRIPT.runInContext(context);
    this.#port = context.first.openPort(settings, given.page);
    context.first.sendAtLeave(this.#port);
  }

  call(now, step) {
    this.#now = now;
    const port = this.#port;
    const op = opOf(now.mono, step);
    if (step.do === "background") return port.leave();
    if (step.do === "render") this.#whats.set(step.view, op[3]);
    // What ts/first/impressions.ts notes when any of it first shows.
    if (step.do === "visible" && step.fraction > 0) this.#whats.get(step.view).seen ??= now.mono;
    port.push(op);
  }

  async request(now) {
    this.#now = now;
    const due = this.#timers.filter(({ at }) => at <= now.mono);
    this.#timers = this.#timers.filter(({ at }) => at > now.mono);
    for (const { work } of due) work();
    return this.#requests.shift();
  }

  async answer(_, given) {
    this.#answers.shift()(given);
    // What awaits the answer goes on before the next step.
    await new Promise(setImmediate);
  }

  counts() {
    const { plain, sentPlain, dropped } = this.#port;
    return { captured: plain.n + dropped, delivered: sentPlain, queued: plain.n - sentPlain, erasures: 0, lost: dropped ? [["queue_full", dropped]] : [] };
  }

  /** As much of a page as the first script's queue and leave look at. */
  #page(given, next) {
    const clock = () => this.#now;
    class PageDate {
      static now = () => clock().wall;
      getTimezoneOffset = () => -given.device.utc_offset_min;
    }
    return {
      Date: PageDate,
      performance: { now: () => clock().mono },
      navigator: { language: given.device.language, globalPrivacyControl: given.gpc },
      innerWidth: given.device.viewport_width,
      innerHeight: given.device.viewport_height,
      localStorage: { getItem: () => null },
      crypto: { getRandomValues: (bytes) => filled(bytes, next) },
      Math: Object.assign(Object.create(Math), { random: () => 0 }),
      Blob, URLSearchParams, btoa,
      setTimeout: (work, ms) => this.#timers.push({ at: clock().mono + ms, work }),
      fetch: (url, { body }) => this.#fetch(url, body),
    };
  }

  #fetch(url, body) {
    const { pathname, search } = new URL(url);
    this.#requests.push({ path: pathname + search.replace(/k=[^&]*&/, ""), body });
    return new Promise((resolve, reject) => {
      this.#answers.push((given) => {
        if (given === "timeout" || given === "unreachable") reject(new TypeError("failed to fetch"));
        else resolve({ ok: given.status >= 200 && given.status < 300 });
      });
    });
  }
}

/** Little-endian, eight bytes a number. */
const filled = (bytes, next) => {
  for (let at = 0; at < bytes.length; at += 8) {
    const word = new DataView(new ArrayBuffer(8));
    word.setBigUint64(0, next(), true);
    bytes.set(new Uint8Array(word.buffer, 0, Math.min(8, bytes.length - at)), at);
  }
  return bytes;
};
