// Sends what pages that are gone left in their slots, one slot at a time, each by a core of its own that captures nothing.
import { Runner } from "./runner.ts";
import { isUnsent } from "./slots.ts";
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
  let turn = Promise.resolve();
  const send = async (waiting: Promise<Slot | undefined>) => {
    const slot = await waiting;
    const work = async () => {
      // Its page, or another that waited, may have sent it meanwhile.
      const core = !stopped.aborted && slot!.entries.some(isUnsent) && start(slot!);
      if (core) await drain(core, slot!, transport, stopped);
    };
    // Where the store fails, or what it holds makes the core trap: it waits for a better day, or a better release.
    if (slot) await (turn = turn.then(work).catch(() => {}).finally(slot.release));
  };
  await Promise.all((await store.takeUnsent(stopped).catch(() => [])).map(send));
};

const drain = (core: Core, slot: Slot, transport: Transport, stopped: AbortSignal): Promise<void> =>
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
