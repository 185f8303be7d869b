// Sends what pages that are gone left in their slots, one slot at a time, each by a core of its own that captures nothing.
import { Runner } from "./runner.ts";
import type { Slot, Store } from "./store.ts";
import type { Core } from "./surface.ts";
import type { Transport } from "./transport.ts";

/** `start` gives a core on a slot's entries; `stopped` ends it early. Never rejects. */
export const sendLeftovers = async (
  store: Store,
  transport: Transport,
  start: (slot: Slot) => Core | undefined,
  stopped: AbortSignal,
): Promise<void> => {
  try {
    const seen = new Set<number>();
    for (let slot; !stopped.aborted && (slot = await store.takeUnsent(seen)); ) {
      seen.add(slot.number);
      try {
        const core = start(slot);
        if (core) await work(core, slot, transport, stopped);
      } finally {
        slot.release();
      }
    }
  } catch {
    // The store fails, or what it holds makes the core trap: it waits for a better day, or a better release.
  }
};

const work = (core: Core, slot: Slot, transport: Transport, stopped: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      stopped.removeEventListener("abort", end);
      runner.end();
      resolve();
    };
    const step = () => {
      clearTimeout(timer);
      const wait = runner.turn() ?? -1;
      if (runner.sending) return;
      if (wait < 0 || wait > PATIENCE_MS) end();
      else timer = setTimeout(step, wait);
    };
    const runner = new Runner(core, transport, { store: (writes) => slot.write(writes), stir: step, trapped: end });
    stopped.addEventListener("abort", end);
    step();
  });

/** Ours: a slot whose next try is further off is left to a later page. */
const PATIENCE_MS = 60_000;
