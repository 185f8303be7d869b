// What tests often ask of a page that has the SDK on it.
import { until } from "./until.js";

/** Waits until the core runs, and gives which build of it: `wasm` or `js`. */
export async function coreRuns(page) {
  const path = () => page.run(() => globalThis.eyeline?.stats?.().path);
  await until("the core runs", async () => ["wasm", "js"].includes(await path()), { seen: path });
  return path();
}

/** Sends what is queued; true where all of it was delivered. */
export function flush(page) {
  return page.run(() => eyeline.flush());
}

/**
 * Waits until the page's own clock has gone on by so many ms. Only for tests whose subject is time itself: a second in view, a
 * second hidden.
 */
export function lives(page, ms) {
  return page.run((ms) => {
    const begun = performance.now();
    return new Promise((resolve) => {
      const look = () => (performance.now() - begun >= ms ? resolve(performance.now() - begun) : setTimeout(look, 10));
      look();
    });
  }, ms);
}

/** Waits until the SDK says so many events were captured. */
export function captured(page, count) {
  const now = () => page.run(() => eyeline.stats().captured);
  return until(`${count} events are captured`, async () => (await now()) >= count, { seen: now });
}

/**
 * Waits until the first script, with the core not there yet, must have seen everything on screen: a witness of the page's own has,
 * and frames have gone by since.
 */
export async function seenByFirst(page, selector = ".card") {
  await until("the first script runs", () => page.run(() => !!globalThis.eyeline));
  await page.run(async (selector) => {
    for (const element of document.querySelectorAll(selector)) {
      await new Promise((resolve) => new IntersectionObserver(([entry]) => entry.isIntersecting && resolve()).observe(element));
    }
    for (let frames = 0; frames < 3; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, selector);
}
