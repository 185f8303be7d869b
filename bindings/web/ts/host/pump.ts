// Brings ops to the core in idle time, asks it what is due, and sets the one timer there is.
import type { Op } from "../shared/op.ts";
import type { Port } from "../shared/port.ts";
import { apply, type Call, type Live } from "./apply.ts";
import { Covers } from "./covered.ts";
import { guarded } from "./guard.ts";
import { idle } from "./idle.ts";
import { Later, type Upload } from "./later.ts";
import { Media } from "./media.ts";
import type { Runner } from "./runner.ts";
import type { Transport } from "./transport.ts";

export class Pump {
  /** The core that runs, while there is one; ops wait for it otherwise. */
  private _runner: Runner | undefined;
  private readonly _ops: Op[] = [];
  private readonly _live: Live = new Map();
  private readonly _covers: Covers;
  private readonly _media: Media;
  private readonly _later: Later;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isAwaited = false;
  private _gathering: ReturnType<typeof setTimeout> | undefined;
  /** When the core has something due. */
  private _due = Infinity;
  /** Whether the ops at hand happened before anybody asked the core what is due; the moment accounted for. */
  private _backlog = true;
  private _fed: number;
  private _active = false;
  /** Events captured when the browser was last given them for later; whether it is about to be. */
  private _armed = 0;
  private _isArming = false;

  constructor(
    private readonly _port: Port,
    transport: Transport,
    stopped: AbortSignal,
    /** After each turn. */
    private readonly _turned: () => void,
  ) {
    this._covers = new Covers(_port, () => this._lookAgain());
    this._media = new Media(_port, stopped);
    this._later = new Later(transport, stopped);
    this._fed = _port.t0.mono;
  }

  /** Takes an op; what the visitor decided, leaving and flushing can't wait. */
  push(op: Op): void {
    if (this._ops.push(op) > OPS_MAX) this._port.dropped += this._ops.splice(0, OPS_MAX >> 1).length;
    if (op[1] === "leave" || op[1] === "flush") this.drain(Infinity);
    else if (this._backlog) this._await();
    else if (op[1] === "consent" || op[1] === "forget") this.drain(Infinity);
    // A turn costs the page more than an op does, and each op has its own time: they are taken together.
    else if (!this._isAwaited) this._gathering ??= setTimeout(() => this._await(), GATHER_MS);
  }

  /** Has `runner` take over; `undefined`: ops wait. What lived in the core before has ended with it. */
  run(runner: Runner | undefined): void {
    this._runner = runner;
    clearTimeout(this._timer);
    this._live.clear();
    this._armed = 0;
    if (runner) this._await();
    else this._later.keep();
  }

  /** Something came up that is no op. */
  stir(): void {
    this._await();
  }

  /** Tells the core what has queued up, for about `budget` ms, then does what is due. */
  readonly drain = guarded((budget: number) => {
    const until = performance.now() + budget;
    let leaving = false;
    let taken = 0;
    try {
      while (this._runner && taken < this._ops.length) {
        const op = this._ops[taken++]!;
        leaving ||= op[1] === "leave";
        this._take(op);
        if (!(taken & 7) && performance.now() > until) break;
      }
    } finally {
      this._ops.splice(0, taken);
    }
    if (!this._runner) return;
    if (this._ops.length) return this._await();
    this._catchUp(performance.now());
    this._backlog = false;
    this._turn(leaving);
  });

  private _take(op: Op): void {
    this._media.before(op, (before) => this._feed(before));
    this._feed(this._covers.see(op));
  }

  private _feed(op: Op): void {
    const [m, kind] = op;
    this._catchUp(m);
    if (kind === "active") this._active = op[2];
    const call: Call = (method, ...args) => this._runner?.at(m, this._port.wall(m), method, ...(args as any)) ?? [];
    // What it belongs to went out with the first script, or was refused.
    if (!apply(op, call, this._live, this._port.settings.rule) && (kind === "click" || kind === "media")) this._port.dropped++;
  }

  /** While the core was not here yet, the page lived on: it is shown the time that passed, in steps it takes for life. */
  private _catchUp(m: number): void {
    if (this._backlog && m - this._fed < BACKLOG_MAX_MS) {
      while ((this._fed += STEP_MS) < m) this._runner?.at(this._fed, this._port.wall(this._fed), "active", this._active);
    }
    this._fed = m;
  }

  private _turn(leaving: boolean): void {
    const now = performance.now();
    // Timers may be a little early.
    if (now + 1 >= this._due || this._covers.waits) for (const op of this._covers.look(now)) this._feed(op);
    const runner = this._runner;
    const next = runner?.turn(leaving) ?? -1;
    if (!runner || runner !== this._runner) return;
    if (leaving) runner.sendWaiting();
    const arm = this._arm(leaving);
    this._due = next < 0 ? Infinity : now + next;
    const look = this._covers.waits && this._active ? LOOK_MS : Infinity;
    const wait = Math.min(next < 0 ? Infinity : next, arm, look);
    clearTimeout(this._timer);
    // A day is as good as never: the page is asked again with the next op.
    if (wait < LONGEST_WAIT_MS) this._timer = setTimeout(() => this.drain(TASK_MS), wait);
    this._turned();
  }

  /** Gives the browser what to send should the page die. Returns the ms until there is more to give. */
  private _arm(leaving: boolean, atOnce = leaving): number {
    const runner = this._runner;
    if (!runner || !this._later.isPossible) return Infinity;
    const [captured = 0, , queued = 0] = runner.ask("stats");
    if (!queued || (leaving && runner.outlives)) this._later.disarm();
    else if (captured !== this._armed || leaving) {
      const now = performance.now();
      const wait = leaving ? 0 : this._later.wait(now);
      if (wait) return wait;
      if (!atOnce && !this._later.isRushed) {
        // Packing what there is and arming take as long as a turn does: a task of their own.
        if (!this._isArming) idle(this._armSoon);
        this._isArming = true;
        return Infinity;
      }
      const uploads: Upload[] = runner.unsent();
      if (uploads.length) this._later.arm(uploads, now);
    } else return Infinity;
    this._armed = captured;
    return Infinity;
  }

  private readonly _armSoon = guarded(() => {
    this._isArming = false;
    this._arm(false, true);
  });

  /** Something may have come to lie on top of what shows, or gone. */
  private _lookAgain(): void {
    this._due = 0;
    this._await();
  }

  private _await(): void {
    clearTimeout(this._gathering);
    this._gathering = undefined;
    if (this._isAwaited || !this._runner) return;
    this._isAwaited = true;
    idle(() => {
      this._isAwaited = false;
      this.drain(TASK_MS);
    });
  }
}

/** Ours: a quarter of the shortest rule in use, so that what meets it is known in time. */
const GATHER_MS = 250;
/** Ours: a task as long as this delays no frame. */
const TASK_MS = 3;
/** Ours: a page that makes so many ops before the core is there is broken. */
const OPS_MAX = 20_000;
/** The core believes in a sleep after 5 s of silence: half of that, as its own heartbeat. */
const STEP_MS = 2_500;
/** Ours: a core that takes longer than this to come was held up by a sleep. */
const BACKLOG_MAX_MS = 60_000;
/** Ours: a dialogue that was closed has been gone for a second at most when what lay under it is seen. */
const LOOK_MS = 1_000;
const LONGEST_WAIT_MS = 86_400_000;
