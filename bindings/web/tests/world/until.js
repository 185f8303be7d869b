// Waiting for a condition: looks until it holds, and fails after a generous deadline with what was seen last.

/** How long a condition may take (ours): far more than it ever needs on a busy machine, and less than a test runner's own limit. */
export const DEADLINE_MS = 20_000;

/** How often is looked (ours): a tenth of what a person notices. */
const LOOK_EVERY_MS = 20;

/**
 * Looks until `look` gives something truthy, and gives that.
 * @template T
 * @param {string} what what is waited for, in words
 * @param {() => T | Promise<T>} look
 * @param {{ within?: number, seen?: () => unknown }} [options] `seen` says what to show where it never holds
 * @returns {Promise<T>}
 */
export async function until(what, look, { within = DEADLINE_MS, seen } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) {
      const shown = seen ? `; seen: ${JSON.stringify(await seen(), null, 1)}` : "";
      throw new Error(`after ${within} ms still not: ${what}${shown}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
