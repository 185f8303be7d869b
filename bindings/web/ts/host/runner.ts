// Runs one core: every call of it, what it wants stored, and what it wants sent. A trap ends it, here and nowhere else.
import { failure, UNREACHABLE, type Answer } from "./answer.ts";
import type { Upload } from "./later.ts";
import { READY, type Calls, type Core, type Method, type Write } from "./surface.ts";
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

  /** Calls the core as of now. */
  ask<K extends Method>(method: K, ...said: Calls[K]): any[] {
    return this.at(performance.now(), Date.now(), method, ...said);
  }

  /** Calls the core as of a moment; it says nothing once it has ended. The one place that does. */
  at<K extends Method>(m: number, w: number, method: K, ...said: Calls[K]): any[] {
    if (this._ended) return [];
    try {
      return this._core(m, w, method, ...said);
    } catch (error) {
      this._ended = true;
      this._hooks.trapped(error);
      return [];
    }
  }

  /** Stores and sends what is due. Returns the ms until it has to be asked again, or {@link IDLE}. */
  turn(leaving = false): number | undefined {
    let [wait, ticket, path, body] = this.ask("next");
    if (wait === READY) {
      this._send(leaving, ticket, path, body);
      [wait] = this.ask("next");
    }
    this.store();
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
    const preview = this.ask("preview") as unknown as Upload;
    return [...(preview[1] ? [preview] : []), ...uploads, ...this._waiting()];
  }

  /** Lets go of the core; answers that come later are not heard. */
  end(): void {
    this.store();
    this.ask("end");
    this._ended = true;
  }

  private *_waiting(): Generator<Upload> {
    for (let i = 0, shown; (shown = this.ask("waiting", i++))[1]; ) yield shown as unknown as Upload;
  }

  private _send(leaving: boolean, ticket: number, path: string, body: Uint8Array): void {
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
    this.ask("answer", ticket, code, retryAfter, ok, ...rejected);
    this.store();
    this._hooks.stir();
  }

  /** Has stored what has to be. */
  store(): void {
    const said = this.ask("writes");
    const writes: Write[] = [];
    while (said.length) writes.push(said.splice(0, 4) as Write);
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
