// One IndexedDB database a write key. It is not made before something may be stored, and never blocks another page.
import type { Write } from "./surface.ts";
import type { EntryKey } from "./slots.ts";

export type Entry = [key: EntryKey, value: Uint8Array];

export class Database {
  /** The browser, or a newer release in another tab, closed it. */
  closed = false;

  /** `isNew`: it did not exist before. */
  private constructor(
    private readonly _db: IDBDatabase,
    readonly isNew: boolean,
  ) {
    _db.onclose = _db.onversionchange = () => this.close();
  }

  /** `undefined` where it does not exist and `create` is not set. Rejects where the browser refuses storage. */
  static async open(name: string, create: boolean): Promise<Database | undefined> {
    // Whoever has not consented to storing finds no trace of an attempt, not even an empty database.
    const known = !create && (await indexedDB.databases?.());
    if (known && !known.some((database) => database.name === name)) return undefined;
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, VERSION);
      let isNew = false;
      request.onupgradeneeded = () => {
        isNew = true;
        if (create) request.result.createObjectStore(STORE);
        else request.transaction!.abort();
      };
      request.onsuccess = () => resolve(new Database(request.result, isNew));
      request.onblocked = () => reject(new Error("the store is held by another release"));
      request.onerror = (event) => {
        event.preventDefault();
        if (isNew && !create) resolve(undefined);
        else reject(request.error);
      };
    });
  }

  /** Everything in a slot, and the identity all slots share. */
  entries(slot: number): Promise<Entry[]> {
    return new Promise((resolve, reject) => {
      const transaction = this._db.transaction(STORE);
      const store = transaction.objectStore(STORE);
      const range = IDBKeyRange.bound([slot], [slot, []]);
      const keys = store.getAllKeys(range) as unknown as IDBRequest<EntryKey[]>;
      const values: IDBRequest<Uint8Array[]> = store.getAll(range);
      const identity: IDBRequest<Uint8Array | undefined> = store.get(IDENTITY);
      transaction.oncomplete = () => {
        const entries = keys.result.map((key, i): Entry => [key, values.result[i]!]);
        resolve(identity.result ? [[[slot, 0, 0], identity.result], ...entries] : entries);
      };
      fails(transaction, reject);
    });
  }

  keys(): Promise<EntryKey[]> {
    return new Promise((resolve, reject) => {
      const transaction = this._db.transaction(STORE);
      const keys = transaction.objectStore(STORE).getAllKeys() as unknown as IDBRequest<IDBValidKey[]>;
      // The identity is in no slot.
      transaction.oncomplete = () => resolve(keys.result.filter((key): key is EntryKey => typeof (key as EntryKey)[0] === "number"));
      fails(transaction, reject);
    });
  }

  /** All of `writes` or none, in the slot; the identity only where `shares`. */
  write(slot: number, writes: readonly Write[], shares: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this._db.transaction(STORE, "readwrite", { durability: "relaxed" });
      transaction.oncomplete = () => resolve();
      fails(transaction, reject);
      const store = transaction.objectStore(STORE);
      for (const [op, cls, number, value] of writes) {
        const isIdentity = cls === 0 && number === 0;
        if (op === PUT) {
          if (!isIdentity) store.put(value, [slot, cls, number]);
          else if (shares) store.put(value, IDENTITY);
        } else if (op === WIPE) store.delete(IDBKeyRange.bound([slot], [slot, []]));
        else store.delete(IDBKeyRange.bound([slot, cls, op === DELETE ? number : 0], [slot, cls, number]));
      }
      transaction.commit?.();
    });
  }

  close(): void {
    this.closed = true;
    this._db.close();
  }
}

/** The first error aborts the transaction and is told here alone: Firefox hands errors nobody handled to the page. */
const fails = (transaction: IDBTransaction, reject: (reason: unknown) => void): void => {
  transaction.onerror = (event) => {
    event.preventDefault();
    reject((event.target as IDBRequest).error);
    try {
      transaction.abort();
    } catch {
      // A database that was closed in the meantime has aborted it (WebKit).
    }
  };
  transaction.onabort = () => reject(transaction.error);
};

const VERSION = 1;
const STORE = "entries";
const IDENTITY = ["id", 0, 0];
const PUT = 0;
const DELETE = 1;
const WIPE = 3;
