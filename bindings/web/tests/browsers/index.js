// The browsers the suites run in, behind one small interface, and what each of them can do.
import { PuppeteerBrowser } from "./puppeteer.js";
import { WebKitBrowser } from "./webkit.js";

/** Every engine, or those that EYELINE_BROWSER names (comma-separated). */
export const ENGINES = (process.env.EYELINE_BROWSER ?? "chromium,firefox,webkit").split(",");

/**
 * What only some engines have, or only some drivers can cause. A test that needs one says so and runs where it is there.
 * - fetchLater, prerender, coveredness (IntersectionObserver v2), longtask: the web platform.
 * - storesAtLeave: a database write that begins while the page is closed is kept; WebKit may drop it.
 * - bfcache: Firefox keeps no page that holds a Web Lock in its back/forward cache.
 * - offline, throttle, crash, block, quota: the driver.
 */
const FEATURES = {
  chromium: ["fetchLater", "prerender", "coveredness", "bfcache", "storesAtLeave", "longtask", "offline", "throttle", "crash", "block", "quota"],
  firefox: ["storesAtLeave", "offline", "block"],
  webkit: ["bfcache"],
};

/** Whether an engine has a feature. */
export function has(engine, feature) {
  return FEATURES[engine].includes(feature);
}

/** The ways to close a tab: at once by the driver, by a person (the page may ask to stay), and by the page itself. */
export const CLOSINGS = ["close", "by hand", "window.close"];

/**
 * Starts a browser with an empty profile, or with the one in `profile`.
 *
 * A browser has `open(url)` for a new tab in front, `openByLink(url)` for one that may close itself, `kill()` for kill -9 of every process of it, `close()`.
 * A page has `goto`, `run` (a function in the page), `click` (a real one), `close(how)`, `hide`, `show`, `back`, `reload`,
 * and `offline`, `throttle`, `crash`, `block`, `quota` where the engine has them; `faults` holds errors the browser reported for it.
 * @param {"chromium" | "firefox" | "webkit"} engine
 * @param {{ profile?: string, prefs?: Record<string, unknown>, args?: string[] }} [options]
 */
export function launch(engine, options = {}) {
  if (engine === "webkit") return WebKitBrowser.launch(options);
  if (engine === "chromium" || engine === "firefox") return PuppeteerBrowser.launch(engine, options);
  throw new Error(`EYELINE_BROWSER names ${engine}: it can name chromium, firefox and webkit`);
}
