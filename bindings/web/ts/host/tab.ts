// The life of one page: a core on its slot of the store, its end when the page rests, and the next one after that.
import type { Op } from "../shared/op.ts";
import { CONSENTS } from "../shared/op.ts";
import type { Host, Port, Stats } from "../shared/port.ts";
import { Consents } from "./consent.ts";
import type { Choice } from "./consent-map.ts";
import { device } from "./device.ts";
import { guarded } from "./guard.ts";
import { sendLeftovers } from "./leftovers.ts";
import type { Loaded } from "./load.ts";
import { Pump } from "./pump.ts";
import { Runner } from "./runner.ts";
import { Store, type Slot } from "./store.ts";
import { FIRST_LOSS, LOSSES, startCore, type Core, type Write } from "./surface.ts";
import { Transport } from "./transport.ts";

export class Tab implements Host {
  private readonly _transport: Transport;
  private readonly _store: Store;
  private readonly _pump: Pump;
  private readonly _consents: Consents;
  private readonly _stopped = new AbortController();
  private _runner: Runner | undefined;
  private _slot: Slot | undefined;
  /** A slot being made, with the writes that wait for it. */
  private _making: Promise<void> | undefined;
  private _refused = false;
  /** Lets other pages go on that wait to know who the visitor is. */
  private _introduced: (() => void) | undefined;
  /** Work on what other pages left: how to end it, and when it has ended. */
  private _cleaning: readonly [AbortController, Promise<void>] | undefined;
  private _page: [site: string, path: string, referrer: string] = ["", "", ""];
  private _chosen: Choice | undefined;
  private _width = innerWidth;
  private _resized = 0;
  private _traps = 0;
  private _started = 0;
  /** Those who wait for delivery: of what was captured up to then. */
  private _waiters: [captured: number, tell: (delivered: boolean) => void][] = [];

  constructor(
    private readonly _port: Port,
    private readonly _loaded: Loaded,
  ) {
    const { endpoint, key, consent, vendor } = _port.settings;
    const { signal } = this._stopped;
    this._transport = new Transport(endpoint, key);
    this._store = new Store(key);
    this._pump = new Pump(_port, this._transport, signal, () => this._turned());
    this._consents = new Consents(consent === "auto", (choice) => this._choose([performance.now(), "consent", choice]), vendor);
    addEventListener("pagehide", guarded(() => this._slot && this._rest()), { signal });
    addEventListener("resize", () => (this._resized = performance.now()), { signal, passive: true });
  }

  /** Starts the first core, at the moment the page's first script did, and takes over the ops. */
  async begin(): Promise<void> {
    const { consent } = this._port.settings;
    const knows = consent === "full" && Store.isPossible;
    // Where storing is allowed there is a store from the start: what is sealed from then on outlives the page.
    const { slot, introduced } = await soon(knows ? this._store.takeKnown() : this._store.take(consent === "measure").then((slot) => ({ slot })));
    this._introduced = introduced;
    // From here on in one task: what the first script still has to send, it has not sent.
    const { page, ops, t0 } = this._port;
    this._page = [page.site, page.path, page.referrer];
    try {
      this._run(slot, t0.mono, t0.wall);
    } catch (error) {
      if (!slot) throw error;
      // What is stored makes the core trap: it stays for a better release, and this page goes on without.
      this._traps++;
      slot.release();
      this._run(undefined, t0.mono, t0.wall);
    }
    this._port.sink = guarded((op) => this._hear(op));
    ops.splice(0).forEach((op) => this._hear(op));
  }

  flush(): Promise<boolean> {
    this._hear([performance.now(), "flush"]);
    return new Promise((resolve) => {
      this._waiters.push([this.stats().captured, resolve]);
      this._settle();
    });
  }

  stats(): Stats {
    const counts = this._runner?.ask("stats") ?? [];
    const [captured = 0, delivered = 0, queued = 0] = counts;
    const lost = Object.fromEntries(LOSSES.map((reason, i) => [reason, counts[FIRST_LOSS + i] ?? 0]));
    return { captured, delivered, queued, lost, path: this._loaded.path, traps: this._traps, stored: !!this._slot };
  }

  stop(): void {
    this._hear([performance.now(), "leave"]);
    this._stopped.abort();
    this._consents.stop();
    this._rest();
    this._settle();
  }

  private _hear(op: Op): void {
    if (this._isOver()) return;
    if (op[1] === "consent") return this._choose([op[0], "consent", this._consents.say(op[2])]);
    if (op[1] === "page") [, , ...this._page] = op;
    this._pump.push(op);
    if (op[1] === "forget") this._sendLeftovers((core, m, w) => core(m, w, "forget"));
    // Back from the back/forward cache, where no lock may be held: what was left is this page's own restart.
    if (op[1] === "resume" && !this._runner) void this._restart();
  }

  /** What holds from now on. */
  private _choose(op: [number, "consent", Choice]): void {
    this._chosen = op[2];
    this._pump.push(op);
    if (this._runner) this._sendLeftovers();
  }

  private async _restart(): Promise<void> {
    try {
      const slot = this._traps > 1 ? undefined : (await soon(this._store.take(false).then((slot) => ({ slot })))).slot;
      if (this._runner || this._isOver()) slot?.release();
      else this._run(slot);
    } catch {
      this._trap();
    }
  }

  /** Starts a core on what a slot holds; in memory alone where nothing was ever stored, or storing is refused. */
  private _run(slot: Slot | undefined, m = performance.now(), w = Date.now()): void {
    this._started = m;
    this._slot = slot;
    // A stored choice does not outrank platforms that have not been asked yet.
    if (this._port.settings.consent === "auto") this._chosen = this._consents.now();
    const core = this._core(slot, m, w);
    if (!core) throw new Error("affiliate is missing or longer than 128 characters");
    this._runner = new Runner(core, this._transport, {
      store: (writes) => this._keep(writes),
      stir: () => this._pump.stir(),
      trapped: () => this._trap(),
    });
    // Who the visitor is: other pages may wait to know.
    this._runner.store();
    this._pump.run(this._runner);
    if (!this._store.isNew) this._sendLeftovers();
  }

  private _core(slot: Slot | undefined, m = performance.now(), w = Date.now()): Core | undefined {
    const { affiliate, consent, children, sampling, dim, exp } = this._port.settings;
    const gpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
    const core = startCore(this._loaded.surface, m, w, [
      affiliate, this._loaded.sdk + (Store.isPossible ? "" : "+memory"), ...this._page, ...device(),
      ...pairs(dim), ...pairs(exp), Math.max(0, CONSENTS.indexOf(consent as (typeof CONSENTS)[number])),
      (gpc ? GPC : 0) | (children ? CHILDREN : 0), sampling ?? 1,
      ...(slot?.entries ?? []).flatMap(([[, cls, number], value]) => [cls, number, value]),
    ]);
    if (this._chosen !== undefined) core?.(m, w, "consent", this._chosen);
    return core;
  }

  /** Stores in this page's slot; the first time ever that makes one. */
  private async _keep(writes: Write[]): Promise<void> {
    if (!Store.isPossible) {
      if (this._refused) return;
      this._refused = true;
      throw new Error("this browser stores nothing here");
    }
    if (this._slot && !this._making) return this._slot.write(writes).finally(this._introduced);
    const runner = this._runner;
    const made = (this._making ?? Promise.resolve()).then(async () => {
      const slot = this._slot ?? (await this._store.take(true, true));
      if (runner !== this._runner) return slot !== this._slot ? slot?.release() : undefined;
      this._slot = slot;
      if (!slot) throw new Error("every slot is taken");
      return slot.write(writes);
    });
    this._making = made;
    try {
      await made;
    } finally {
      if (this._making === made) this._making = undefined;
      this._introduced?.();
    }
  }

  private _sendLeftovers(first?: (core: Core, m: number, w: number) => void): void {
    const [before, ended] = this._cleaning ?? [];
    before?.abort();
    const abort = new AbortController();
    const start = (slot: Slot) => {
      const core = this._core(slot);
      if (core) first?.(core, performance.now(), Date.now());
      return core;
    };
    const work = async () => {
      await ended;
      await sendLeftovers(this._store, this._transport, start, abort.signal);
    };
    this._cleaning = [abort, work()];
  }

  private _turned(): void {
    const now = performance.now();
    if (this._resized && now - this._resized > RESIZED_MS) {
      this._resized = 0;
      // A phone's address bar comes and goes: height alone is no news.
      if (innerWidth !== this._width) {
        this._width = innerWidth;
        this._runner?.ask("device", ...device());
      }
    }
    this._settle();
  }

  private _settle(): void {
    if (this._runner?.sending || !this._waiters[0]) return;
    const { captured, queued } = this.stats();
    // What came since may be queued; without a core nothing is known to be delivered.
    for (const [before, tell] of this._waiters.splice(0)) tell(!!this._runner && queued <= captured - before);
  }

  /** Lets go of the core, the slot and its lock: a page that holds none may rest in the back/forward cache. */
  private _rest(): void {
    this._cleaning?.[0].abort();
    this._introduced?.();
    const runner = this._runner;
    this._pump.run(undefined);
    runner?.end();
    this._runner = undefined;
    this._slot?.release();
    this._slot = this._making = undefined;
    this._store.close();
  }

  /** The core trapped, which is a bug of ours: the page goes on, with a new core on what was stored, or with none. */
  private _trap(): void {
    this._traps++;
    this._rest();
    this._settle();
    if (!this._isOver()) setTimeout(() => void this._restart(), Math.max(0, this._started + TRAP_PAUSE_MS - performance.now()));
  }

  private _isOver(): boolean {
    return this._stopped.signal.aborted || this._traps > TRAPS_MAX;
  }
}

type Taken = { slot?: Slot | undefined; introduced?: (() => void) | undefined };

/** A store that does not answer must not keep the page from being measured; what it gives too late is let go. */
const soon = (taking: Promise<Taken>): Promise<Taken> =>
  new Promise((resolve) => {
    const release = ({ slot, introduced }: Taken) => {
      slot?.release();
      introduced?.();
    };
    const timer = setTimeout(() => {
      resolve({});
      taking.then(release, () => {});
    }, STORE_PATIENCE_MS);
    taking.catch((): Taken => ({})).then((taken) => {
      clearTimeout(timer);
      resolve(taken);
    });
  });

/** Keys and values in turn behind their count, as the core takes them. */
const pairs = (map: Record<string, string> = {}) => [Object.keys(map).length, ...Object.entries(map).flat()];

const GPC = 1;
const CHILDREN = 2;
/** Ours: a core that traps again and again is not worth the page's time. */
const TRAPS_MAX = 3;
const TRAP_PAUSE_MS = 60_000;
/** Ours: a window that is being dragged is not yet as wide as it will be. */
const RESIZED_MS = 500;
/** Ours: IndexedDB answers within tens of ms, where it does; until then the first script is on its own. */
const STORE_PATIENCE_MS = 4_000;
