// When everything that is still on its way has arrived: a soak can't wait for what will never come, so it waits for silence.
import { distinct, eventsOf } from "../world/raw.js";

/** Silence of the line after which nothing more is expected (ours): many times what a request takes on this machine. */
const SILENCE_MS = 1_500;
/** A next visit has a browser to start and a core to load before it sends. */
const VISIT_SILENCE_MS = 5_000;

/** The content whose render the collector has written. */
export function arrived(place) {
  return new Set(distinct(eventsOf(place.lines())).filter(({ k }) => k === "render").map(({ c }) => c));
}

/** Waits until all of `wanted` has arrived, or the line has been silent for long enough. */
export async function settled(place, wanted, { visiting = false } = {}) {
  const silence = visiting ? VISIT_SILENCE_MS : SILENCE_MS;
  const begun = Date.now();
  for (;;) {
    const there = arrived(place);
    if (wanted.every(({ content }) => there.has(content))) return;
    const last = Math.max(begun, ...place.proxy.requests.slice(-3).map(({ at }) => at));
    if (Date.now() - last > silence) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
