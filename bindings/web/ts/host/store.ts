// Where sealed batches wait for the next visit: a slot of the database for each live page, taken by a Web Lock. Whatever
// the browser refuses (private mode, blocked storage, a full disk), the page goes on in memory.
import { Database, type Entry } from "./database.ts";
import { hold, SLOTS_MAX, unsent } from "./slots.ts";
import type { Write } from "./surface.ts";

/** One slot, held by this page. */
export interface Slot {
  readonly number: number;
  readonly entries: readonly Entry[];
  /** Rejects where it could not be stored. */
  write(writes: Write[]): Promise<void>;
  release(): void;
}

export class Store {
  private _database: Promise<Database | undefined> | undefined;
  private readonly _held = new Set<number>();
  private readonly _name: string;
  /** This page has just made it: nobody has left anything there yet. */
  isNew = false;

  constructor(key: string) {
    this._name = "eyeline:" + key;
  }

  /** Whether this browser has, here, what storing needs; a page that is not secure has no locks. */
  static get isPossible(): boolean {
    try {
      return !!(globalThis.indexedDB && navigator.locks);
    } catch {
      return false;
    }
  }

  /**
   * The lowest slot no live page holds; an `empty` one where it is to take a copy of what this page holds. Where nothing
   * was stored yet and `create` is not set, there is none.
   */
  async take(create: boolean, empty = false): Promise<Slot | undefined> {
    const database = await this._open(create);
    for (let slot = 0; database && slot < SLOTS_MAX; slot++) {
      const taken = await this._take(database, slot, true);
      if (taken && !(empty && taken.entries.some((entry) => !isIdentity(entry)))) return taken;
      taken?.release();
    }
    return undefined;
  }

  /**
   * A slot for a page that may say who the visitor is. Of pages that start at once on a store that does not know yet, one
   * goes ahead; the others wait until `introduced` was called there.
   */
  async takeKnown(): Promise<{ slot: Slot | undefined; introduced?: (() => void) | undefined }> {
    const turn = () => hold(this._name + ":id", AbortSignal.timeout(TURN_MS)).catch(() => undefined);
    await this._open(true);
    let introduced = this.isNew ? await turn() : undefined;
    let slot = await this.take(true);
    if (!introduced && !slot?.entries.some(isIdentity)) {
      slot?.release();
      introduced = await turn();
      slot = await this.take(true);
    }
    if (!slot?.entries.some(isIdentity)) return { slot, introduced };
    introduced?.();
    return { slot };
  }

  /**
   * The slots in which other pages left something to send, each once its page lets go of it: a tab that was closed does so
   * some time later, and nobody may come after us. `undefined` where that did not happen until `stopped`.
   */
  async takeUnsent(stopped: AbortSignal): Promise<Promise<Slot | undefined>[]> {
    const database = await this._open(false);
    const slots = unsent((await database?.keys()) ?? [], this._held);
    return slots.map((slot) => this._take(database!, slot, false, stopped).catch(() => undefined));
  }

  /** Lets go of everything, so that the page may rest in the back/forward cache. */
  close(): void {
    void this._database?.then((database) => database?.close(), () => {});
    this._database = undefined;
    this.isNew = false;
  }

  private async _open(create: boolean): Promise<Database | undefined> {
    let database = await this._database?.catch(() => undefined);
    if (!database || database.closed) {
      database = await (this._database = Database.open(this._name, create));
      this.isNew = !!database?.isNew;
    }
    return database;
  }

  /** `shares`: whether who the visitor is, and the choice made, are written for all slots. */
  private async _take(database: Database, slot: number, shares: boolean, signal?: AbortSignal): Promise<Slot | undefined> {
    if (this._held.has(slot)) return undefined;
    const unlock = await hold(`${this._name}:${slot}`, signal);
    if (!unlock) return undefined;
    this._held.add(slot);
    const release = () => {
      this._held.delete(slot);
      unlock();
    };
    try {
      return {
        number: slot,
        entries: await database.entries(slot),
        release,
        write: async (writes) => {
          const open = database.closed ? await this._open(true) : database;
          return open!.write(slot, writes, shares);
        },
      };
    } catch (error) {
      release();
      throw error;
    }
  }
}

const isIdentity = ([[, cls, number]]: Entry): boolean => !cls && !number;

/** Ours: a page that was frozen while it went ahead holds others up no longer. */
const TURN_MS = 2_500;
