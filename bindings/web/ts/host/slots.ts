// Which slot of the store a page takes, and which a dead page left behind. A slot is held by a Web Lock, so it frees itself.

/** An entry's key in the store: slot, class, number. */
export type EntryKey = [slot: number, cls: number, number: number];

/** Ours: a browser that holds more pages of one site at once keeps the rest in memory alone. */
export const SLOTS_MAX = 64;

/** Slots that hold batches or erasure requests, but for those in `except`, lowest first. */
export const unsent = (keys: readonly EntryKey[], except: ReadonlySet<number>): number[] =>
  [...new Set(keys.filter(([slot, cls]) => cls >= BATCH && !except.has(slot)).map(([slot]) => slot))].sort((a, b) => a - b);

/** Holds the lock `name` until the returned function is called; `undefined` where another page holds it, unless told to wait. */
export const hold = (name: string, waitMs = 0): Promise<(() => void) | undefined> =>
  new Promise((resolve, reject) => {
    const options: LockOptions = waitMs ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
    navigator.locks
      .request(name, options, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });

/** Classes of entries from here on are sent: batches, then erasure requests. State and open events are not. */
const BATCH = 2;
