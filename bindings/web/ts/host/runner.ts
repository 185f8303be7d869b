// Runs one core: every call of it, what it wants stored, and what it wants sent. A trap ends it, here and nowhere else.
import { failure, UNREACHABLE, type Answer } from "./answer.ts";
import type { Upload } from "./later.ts";
import { READY, type Core, type Method, type Rest, type Write } from "./surface.ts";
import type { Transport } from "./transport.ts";

export interface Hooks {
  /** Stores all of it or rejects. */
  store(writes: Write[]): Promise<void>;
  /** An answer came, or storing failed: there may be something to do. */
  stir(): void;
  /** The core trapped; it is not called again. */
  trapped(error: unknown): void;
}

export class Runner {
  /** The upload on its way. */
  sending: Upload | undefined;
  /** Whether whatever can be sent is on its way and outlives the page. */
  outlives = true;
  private _ended = false;
  /** Sent when the page was left, ahead of their turn: the answers, by what the batch is. */
  private readonly _early = new Map<string, Promise<Answer>>();

  constructor(
    private readonly _core: Core,
    private readonly _transport: Transport,
    private readonly _hooks: Hooks,
  ) {}

  /** Calls the core; `undefined` once it has ended. The one place that does. */
  call<T>(use: (core: Core) => T): T | undefined {
    if (this._ended) return undefined;
    try {
      return use(this._core);
    } catch (error) {
      this._ended = true;
      this._hooks.trapped(error);
      return undefined;
    }
  }

  /** Calls a method of the core as of now. */
  ask<K extends Method>(method: K, ...rest: Rest<K>): ReturnType<Core[K]> | undefined {
    return this.at(performance.now(), Date.now(), method, ...rest);
  }

  /** Calls a method of the core as of a moment. */
  at(m: number, w: number, method: Method, ...rest: unknown[]): any {
    return this.call((core) => (core[method] as (...args: unknown[]) => unknown)(m, w, ...rest));
  }

  /** Stores and sends what is due. Returns the ms until it has to be asked again, or {@link IDLE}. */
  turn(leaving = false): number | undefined {
    let wait = this.ask("next");
    if (wait === READY) {
      this._send(leaving);
      wait = this.ask("next");
    }
    this._store();
    return wait;
  }

  /** The page is left: what waits for its turn is sent beside what is on its way. The core hears of it in its turn. */
  sendWaiting(): void {
    for (const [path, body] of this._waiting()) {
      const name = nameOf(body);
      if (this._early.has(name)) continue;
      const { answer, outlives } = this._transport.send(path, body, true);
      this.outlives &&= outlives;
      this._early.set(name, answer);
    }
  }

  /** What would be lost if the page died now: the open batch, what is on its way, what waits. */
  unsent(): Upload[] {
    const uploads = this.sending && !this.outlives ? [this.sending] : [];
    return [...this._shown(this.ask("preview")), ...uploads, ...this._waiting()];
  }

  /** Lets go of the core; answers that come later are not heard. */
  end(): void {
    this._store();
    this.call((core) => core.free());
    this._ended = true;
  }

  private *_waiting(): Generator<Upload> {
    for (let i = 0, shown; (shown = this._shown(this.ask("waiting", i++))).length; ) yield* shown;
  }

  /** What the core showed ahead of its turn, with where it goes. */
  private _shown(body: Uint8Array | undefined): Upload[] {
    const path = body && this.call((core) => core.previewPath());
    return path ? [[path, body]] : [];
  }

  private _send(leaving: boolean): void {
    const upload = this.call((core): [number, string, Uint8Array] => [core.ticket(), core.path(), core.body()]);
    if (!upload) return;
    const [ticket, path, body] = upload;
    const name = nameOf(body);
    const early = this._early.get(name);
    this._early.delete(name);
    this.sending = [path, body];
    const sent = early
      ? { answer: early, outlives: true }
      : isRepeat(path) && !leaving
        ? { answer: this._sendLate(path, body), outlives: true }
        : this._transport.send(path, body, leaving);
    this.outlives = sent.outlives;
    void sent.answer.then((answer) => this._answer(ticket, answer));
  }

  /** A page before this one may have sent it and not lived to hear the answer: a visitor in a hurry must not repeat it page by page. */
  private async _sendLate(path: string, body: Uint8Array): Promise<Answer> {
    await new Promise((resolve) => setTimeout(resolve, REPEAT_MS));
    // The page may be gone, and with it the slot: then it is another's.
    return this._ended ? failure(UNREACHABLE) : this._transport.send(path.replace(/w=\d+/, "w=" + Date.now()), body, false).answer;
  }

  private _answer(ticket: number, { code, ok, rejected, retryAfter }: Answer): void {
    this.sending = undefined;
    this.outlives = true;
    this.ask("answer", ticket, code, ok, rejected, retryAfter);
    this._store();
    this._hooks.stir();
  }

  private _store(): void {
    const writes: Write[] = [];
    this.call((core) => core.writes((...write: Write) => writes.push(write)));
    if (!writes.length) return;
    this._hooks.store(writes).catch(() => {
      this.ask("storageFailed");
      this._hooks.stir();
    });
  }
}

/** A sealed batch is never rewritten: its length and the checksum at its end tell it from others. */
const nameOf = (body: Uint8Array): string => body.length + ":" + body.slice(-8);

/** Whether it was tried before, by another instance: only its own knows how long ago it started. */
const isRepeat = (path: string): boolean => !/&s=/.test(path) && !/a=1\b/.test(path);

/** Ours: who stays this long will hear the answer. */
const REPEAT_MS = 3_000;
