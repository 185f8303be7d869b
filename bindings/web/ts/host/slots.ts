// Which slot of the store a page takes, and which a dead page left behind. A slot is held by a Web Lock, so it frees itself.

/** An entry's key in the store: slot, class, number. */
export type EntryKey = [slot: number, cls: number, number: number];

/** Ours: a browser that holds more pages of one site at once keeps the rest in memory alone. */
export const SLOTS_MAX = 64;

/** Slots that hold something to send, but for those in `except`; `keys` ascend, as a database gives them. */
export const unsent = (keys: readonly EntryKey[], except: ReadonlySet<number>): number[] =>
  [...new Set(keys.filter((key) => isUnsent([key]) && !except.has(key[0])).map(([slot]) => slot))];

/** Batches and erasure requests are sent; state and open events are not. */
export const isUnsent = ([[, cls]]: readonly [EntryKey, ...unknown[]]): boolean => cls >= BATCH;

/** Holds the lock `name` until the returned function is called; `undefined` where another page holds it, unless told to wait until `signal`. */
export const hold = (name: string, signal?: AbortSignal): Promise<(() => void) | undefined> =>
  new Promise((resolve, reject) => {
    const options: LockOptions = signal ? { signal } : { ifAvailable: true };
    navigator.locks
      .request(name, options, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });

const BATCH = 2;
