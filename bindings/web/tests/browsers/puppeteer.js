// Chromium (over CDP) and Firefox (over WebDriver BiDi), driven by puppeteer-core.
import puppeteer from "puppeteer-core";
import { until } from "../world/until.js";
import { killTree } from "./child.js";
import { installed } from "./installed.js";
import { isOwnFault } from "./faults.js";

/** Chromium as root in a container; nothing here changes how a page runs. */
const CHROMIUM_ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"],
];

/** Puppeteer's defaults that would hide what happens to a real person's tab in the background. */
const LESS_LIKE_A_USER = ["--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"];

/** Firefox plays sound and video without a click, as the Chromium above does. */
const FIREFOX_PREFS = { "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0 };

export class PuppeteerBrowser {
  #browser;
  #atExit = () => killTree(this.pid);

  static async launch(engine, { profile, prefs = {}, args = [] } = {}) {
    const chromium = engine === "chromium";
    const made = new PuppeteerBrowser();
    made.engine = engine;
    made.#browser = await puppeteer.launch({
      headless: true,
      browser: chromium ? "chrome" : "firefox",
      executablePath: installed(engine),
      args: chromium ? [...CHROMIUM_ARGS, ...args] : args,
      ...(chromium ? { ignoreDefaultArgs: LESS_LIKE_A_USER } : { extraPrefsFirefox: { ...FIREFOX_PREFS, ...prefs } }),
      ...(profile && { userDataDir: profile }),
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    made.pid = made.#browser.process().pid;
    process.once("exit", made.#atExit);
    return made;
  }

  version() {
    return this.#browser.version();
  }

  /** A new tab in front of the others. */
  async open(url) {
    const tab = await this.#browser.newPage();
    const page = new PuppeteerPage(this, tab);
    if (url) await page.goto(url);
    return page;
  }

  /** A tab that another page opened: only such a one may close itself. */
  async openByLink(url, { loaded = true } = {}) {
    const [first] = await this.#browser.pages();
    const popup = new Promise((resolve) => first.once("popup", resolve));
    await first.evaluate((url) => void window.open(url, "_blank"), url);
    const page = new PuppeteerPage(this, await popup);
    if (loaded) await until("it has loaded", () => page.run((url) => location.href === url && document.readyState === "complete", url));
    return page;
  }

  /** kill -9 of the browser and every process of it. */
  async kill() {
    const ended = new Promise((resolve) => this.#browser.process().once("exit", resolve));
    killTree(this.pid);
    await ended;
    process.off("exit", this.#atExit);
  }

  async close() {
    process.off("exit", this.#atExit);
    await this.#browser.close();
  }
}

class PuppeteerPage {
  #tab;
  #cover;

  constructor(browser, tab) {
    this.browser = browser;
    this.#tab = tab;
    /** What the browser reported as this page's errors. */
    this.faults = [];
    const fault = (text) => isOwnFault(text) && this.faults.push(text);
    tab.on("pageerror", (error) => fault(String(error?.stack ?? error)));
    tab.on("console", (message) => message.type() === "error" && fault(message.text()));
  }

  get url() {
    return this.#tab.url();
  }

  async goto(url) {
    await this.#tab.goto(url);
  }

  run(what, ...words) {
    return this.#tab.evaluate(what, ...words);
  }

  async click(selector) {
    await this.#tab.click(selector);
  }

  async type(text) {
    await this.#tab.keyboard.type(text);
  }

  async back() {
    await this.#tab.goBack();
  }

  async reload() {
    await this.#tab.reload();
  }

  /** Closes the tab in one of the CLOSINGS. */
  async close(how = "close") {
    if (how === "window.close") {
      const gone = new Promise((resolve) => this.#tab.once("close", resolve));
      this.#tab.evaluate(() => window.close()).catch(() => {});
      await gone;
    } else {
      await this.#tab.close({ runBeforeUnload: how === "by hand" });
      if (!this.#tab.isClosed()) await new Promise((resolve) => this.#tab.once("close", resolve));
    }
  }

  /** Opens another tab in front of this one. */
  async hide() {
    this.#cover = await this.browser.open();
  }

  /** Brings it to the front again. */
  async show() {
    await this.#tab.bringToFront();
    await this.#cover?.close();
    this.#cover = undefined;
  }

  async offline(on) {
    await this.#tab.setOfflineMode(on);
  }

  /** The processor seems this many times slower to the page. */
  async throttle(times) {
    await this.#tab.emulateCPUThrottling(times);
  }

  /** The site may store so many bytes; `undefined`: as many as ever. */
  async quota(quotaSize) {
    const session = await this.#tab.createCDPSession();
    await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(this.url).origin, quotaSize });
  }

  /** The renderer's process dies. */
  async crash() {
    const session = await this.#tab.createCDPSession();
    session.send("Page.crash").catch(() => {});
    await new Promise((resolve) => this.#tab.once("error", resolve));
  }

  /** Refuses requests to addresses that begin so, as an ad blocker does. */
  async block(prefix) {
    await this.#tab.setRequestInterception(true);
    this.#tab.on("request", (request) => {
      if (request.url().startsWith(prefix)) request.abort("blockedbyclient").catch(() => {});
      else request.continue().catch(() => {});
    });
  }

  async screenshot(path) {
    await this.#tab.screenshot({ path });
  }
}
