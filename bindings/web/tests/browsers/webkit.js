// WebKitGTK's MiniBrowser: Safari's engine, driven through WebKitWebDriver.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../world/until.js";
import { start } from "./child.js";
import { display } from "./display.js";
import { installed } from "./installed.js";
import { Session, command } from "./webdriver.js";

export class WebKitBrowser {
  #driver;
  #session;
  #home;
  /** The window it began with stays open, or the browser would end with the last page. */
  #first;

  static async launch() {
    const made = new WebKitBrowser();
    made.engine = "webkit";
    made.#home = mkdtempSync(join(tmpdir(), "eyeline-webkit-"));
    const port = await freePort();
    made.#driver = start(
      installed("dbus-run-session"),
      ["--", installed("WebKitWebDriver"), "--host=127.0.0.1", `--port=${port}`],
      { env: await environment(made.#home) },
    );
    made.pid = made.#driver.pid;
    const driver = `http://127.0.0.1:${port}`;
    await until("WebKitWebDriver answers", () => command(driver, "GET", "/status").catch(() => undefined));
    made.#session = await Session.open(driver, {
      "webkitgtk:browserOptions": { binary: installed("MiniBrowser"), args: ["--automation", "--autoplay-policy=allow"] },
    });
    [made.#first] = await made.#session.windows();
    return made;
  }

  version() {
    return Promise.resolve(`WebKitGTK/${this.#session.capabilities.browserVersion}`);
  }

  /** A new window: its tabs in the background stay hidden whatever the driver says, windows are all visible. */
  async open(url) {
    const page = new WebKitPage(this, this.#session, await this.#session.newWindow(this.#first));
    if (url) await page.goto(url);
    return page;
  }

  /** A window that a link opened: only such a one may close itself. */
  async openByLink(url, { loaded = true } = {}) {
    const before = await this.#session.windows();
    const first = new WebKitPage(this, this.#session, this.#first);
    await first.run((url) => {
      document.body.innerHTML = `<a id="link" target="_blank" rel="opener" href="${url}">link</a>`;
    }, url);
    await first.click("#link");
    const opened = async () => (await this.#session.windows()).find((handle) => !before.includes(handle));
    const page = new WebKitPage(this, this.#session, await until("the window is there", opened));
    if (loaded) await until("it has loaded", () => page.run((url) => location.href === url && document.readyState === "complete", url));
    return page;
  }

  /** kill -9 of the browser and every process of it. */
  async kill() {
    await this.#driver.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async close() {
    await this.#session.end().catch(() => {});
    await this.kill();
  }
}

class WebKitPage {
  #session;
  #handle;

  constructor(browser, session, handle) {
    this.browser = browser;
    this.#session = session;
    this.#handle = handle;
    /** Its console can't be read by WebDriver; the page's own recorder reports (world/site.js). */
    this.faults = [];
  }

  #in(work) {
    return this.#session.inWindow(this.#handle, work);
  }

  goto(url) {
    return this.#in((page) => page.goto(url));
  }

  run(what, ...words) {
    return this.#in((page) => page.run(what, words));
  }

  click(selector) {
    return this.#in((page) => page.click(selector));
  }

  type(text) {
    return this.#in((page) => page.type(text));
  }

  back() {
    return this.#in((page) => page.back());
  }

  reload() {
    return this.#in((page) => page.reload());
  }

  /** Minimised, which hides it as a tab in the background is hidden. */
  hide() {
    return this.#in((page) => page.minimize());
  }

  show() {
    return this.#in((page) => page.restore());
  }

  /** Closes the window in one of the CLOSINGS. The driver does not ask the page; a person's keys do. */
  async close(how = "close") {
    if (how === "close") return this.#in((page) => page.close());
    if (how === "by hand") await this.#pressKeys("ctrl+w");
    else await this.#in((page) => page.run(() => void setTimeout(() => window.close()), []));
    await until("the window is closed", async () => !(await this.#session.windows()).includes(this.#handle));
  }

  /** Keys for the browser's own window, which is found by this page's title. */
  async #pressKeys(keys) {
    const title = `closing ${this.#handle}`;
    await this.run((title) => void (document.title = title), title);
    await xdotool("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync");
    // To whatever has the focus: keys sent to a window by name are never released once it is gone, and press on in the next.
    await xdotool("key", keys);
  }
}

async function xdotool(...words) {
  const press = start(installed("xdotool"), words, { env: { ...process.env, DISPLAY: await display() } });
  const { code } = await press.ended;
  if (code !== 0) throw new Error(`xdotool ended with ${code}:\n${press.said.text}`);
}

/** Software rendering on a screen without a monitor, as root, with a home of its own. */
export async function environment(home) {
  return {
    ...process.env,
    DISPLAY: await display(),
    XDG_DATA_HOME: join(home, "data"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_HOME: join(home, "config"),
    GDK_BACKEND: "x11",
    WEBKIT_DISABLE_COMPOSITING_MODE: "1",
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    LIBGL_ALWAYS_SOFTWARE: "1",
    NO_AT_BRIDGE: "1",
  };
}

/** WebKitWebDriver can't say which port it took, so one is looked for first. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
