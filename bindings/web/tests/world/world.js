// What one test has: a site and a proxied collector of its own, the browser of its suite, and readers of what arrived.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ENGINES, has, launch } from "../browsers/index.js";
import { Collector } from "./collector.js";
import { html, tag } from "./html.js";
import { Proxy } from "./proxy.js";
import { copies, distinct, eventsOf } from "./raw.js";
import { Site } from "./site.js";
import { until } from "./until.js";

export class World {
  #collector;
  #pages = [];
  /** Faults that a test causes on purpose and has looked at. */
  expectedFaults = [];
  /** Why a second copy may be written under the same number: an answer that could not reach the page. The loader drops it. */
  copiesExpected = "";

  static async make(browser, collector) {
    const world = new World();
    world.browser = browser;
    world.engine = browser.engine;
    world.#collector = collector;
    world.key = collector.takeKey();
    world.site = await Site.start();
    world.proxy = await Proxy.start(collector.address);
    return world;
  }

  /** The settings of the SDK's tag for this test. */
  settings(more = {}) {
    return { key: this.key, endpoint: this.proxy.address, affiliate: "my-site", consent: "full", ...more };
  }

  /** Serves a page with the SDK on it and gives its address. */
  page(path, { settings, head = "", body = "", headers = {}, nonce, tagOptions } = {}) {
    const script = tag(this.settings(settings), { ...tagOptions, extra: nonce ? `nonce="${nonce}"` : "" });
    return this.site.serve(path, { headers, body: html({ head: head + script, body, nonce, title: path }) });
  }

  /** Opens a tab. */
  async open(url) {
    return this.#keep(await this.browser.open(url));
  }

  /** Opens a tab that may close itself. */
  async openByLink(url) {
    return this.#keep(await this.browser.openByLink(url));
  }

  #keep(page) {
    this.#pages.push(page);
    return page;
  }

  /** The collector's lines for this test. */
  lines() {
    return this.#collector.lines(this.key);
  }

  /** Every event that arrived, copies included. */
  events() {
    return eventsOf(this.lines());
  }

  /** The events of one kind, without copies. */
  kind(k) {
    return distinct(this.events()).filter((event) => event.k === k);
  }

  /** Waits until what the collector wrote satisfies `holds`, and gives what that gives. */
  until(what, holds) {
    return until(what, () => holds(this), { seen: () => this.summary() });
  }

  /** Waits for one event of a kind and content. */
  event(k, c) {
    return this.until(`${k}${c ? ` of ${c}` : ""} arrives`, () => this.kind(k).find((event) => !c || event.c === c));
  }

  /** What is shown of a test that fails. */
  summary() {
    return {
      events: this.events().slice(-60).map(({ k, n, dt, c, inst, sdk, page }) => `${inst.slice(0, 4)} ${n} ${k} ${c ?? ""} dt=${dt} ${sdk} ${page}`),
      requests: this.proxy.requests.slice(-30).map(({ method, url, body, status }) => `${method} ${url} ${body.length} B -> ${status}`),
      refused: this.lines().filter((line) => line.bad),
      faults: this.faults(),
    };
  }

  /** Everything that went wrong in any page, as the pages and the browser saw it. */
  faults() {
    return [...this.site.faults, ...this.#pages.flatMap((page) => page.faults)];
  }

  /** What holds for every test, whatever it is about. */
  check() {
    const expected = (fault) => this.expectedFaults.some((pattern) => pattern.test(fault));
    assert.deepEqual(this.faults().filter((fault) => !expected(fault)), [], "no exception reaches the page or its console");
    assert.deepEqual(this.lines().filter((line) => line.bad), [], "the collector refuses nothing");
    // What the browser was given ahead, without the clocks of an attempt, goes out by itself when a page is closed: beside the page's own.
    const sent = this.events().filter(({ line }) => line.w);
    if (!this.copiesExpected) assert.deepEqual(copies(sent), [], "no event is written twice");
    assert.deepEqual(this.proxy.requests.filter(({ method }) => method === "OPTIONS"), [], "no preflight");
    assert.deepEqual(this.proxy.requests.filter(({ headers }) => headers.cookie), [], "no cookie is sent");
  }

  /** Closes everything of the test. */
  async end() {
    await Promise.all(this.#pages.map((page) => page.close().catch(() => {})));
    await this.proxy.stop();
    await this.site.stop();
  }
}

/**
 * A suite in every engine, each with a browser and a collector of its own.
 * @param {string} name
 * @param {(test: (name: string, work: (world: World, t: any) => Promise<void>, needs?: string[]) => void, engine: string) => void} define
 * @param {{ launch?: any }} [options]
 */
export function suite(name, define, options = {}) {
  for (const engine of ENGINES) {
    describe(`${name}, ${engine}`, () => {
      let browser;
      let collector;
      before(async () => {
        [browser, collector] = await Promise.all([launch(engine, options.launch), Collector.start()]);
      });
      after(async () => {
        await browser?.close();
        await collector?.stop();
      });
      const test = (what, work, needs = []) => {
        const missing = needs.filter((feature) => !has(engine, feature));
        // What an engine has not can't be tested in it: the name says so, and nothing pretends to have run.
        if (missing.length > 0) return;
        it(what, { timeout: 120_000 }, async (t) => {
          const world = await World.make(browser, collector);
          try {
            await work(world, t);
            world.check();
          } catch (error) {
            t.diagnostic(JSON.stringify(world.summary(), null, 1));
            throw error;
          } finally {
            await world.end();
          }
        });
      };
      define(test, engine);
    });
  }
}
