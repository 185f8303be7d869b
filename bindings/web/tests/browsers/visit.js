// A browser with a profile that outlives it, opened on one page: for tests that kill it and come again.
import { join } from "node:path";
import { killTree, start } from "./child.js";
import { launch } from "./index.js";
import { installed } from "./installed.js";
import { environment } from "./webkit.js";

/**
 * Opens a page in a browser that keeps its profile in `profile`. `kill` is kill -9 of every process of it.
 * @returns {Promise<{ kill(): Promise<void> }>}
 */
export async function visit(engine, profile, url) {
  if (engine === "webkit") return visitWithoutDriver(profile, url);
  const browser = await launch(engine, { profile });
  // The load may never end: the browser is killed at any moment.
  browser.open(url).catch(() => {});
  return browser;
}

/** WebKitWebDriver gives every session an empty profile, so the browser is started as a person would. */
async function visitWithoutDriver(profile, url) {
  const words = ["--", installed("MiniBrowser"), "--autoplay-policy=allow", url];
  const browser = start(installed("dbus-run-session"), words, { env: await environment(join(profile, "home")) });
  return {
    async kill() {
      killTree(browser.pid);
      await browser.ended;
    },
  };
}
