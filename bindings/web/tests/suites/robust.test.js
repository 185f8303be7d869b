// Whatever is broken on a page, no exception reaches it, and it stays smooth. (Each test also checks that no fault was seen.)
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { card, html, tag } from "../world/html.js";
import { captured, coreRuns, flush, lives, seenByFirst } from "../world/in-page.js";
import { gaps } from "../world/raw.js";
import { DIST } from "../world/site.js";
import { trapping } from "../world/trap.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const CARDS = card("one") + card("two");
const A_SECOND_AND_A_BIT = 1_250;
/** The call's number: src/calls.rs. */
const CLICK = 4;
const script = (source) => `<script>${source}</script>`;

/** Uses a page as a visitor would: looks, clicks, turns away and back. */
async function use(page) {
  await lives(page, A_SECOND_AND_A_BIT);
  await page.click("#one");
  await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), card("three"));
  await page.hide();
  await page.show();
  await lives(page, 200);
}

/** What the page's own script sees of itself afterwards. */
const works = (page) => page.run(() => document.querySelectorAll(".card").length);

suite("robust", (test) => {
  test("a wasm trap ends measuring, not the page", async (world) => {
    const name = readdirSync(DIST).find((file) => file.endsWith(".wasm"));
    world.site.serve(`/sdk/${name}`, { body: trapping(readFileSync(join(DIST, name)), CLICK) });
    const page = await world.open(world.page("/", { body: CARDS }));
    await coreRuns(page);
    await captured(page, 2);
    await use(page);
    assert.equal(await works(page), 3);
    assert.equal(typeof (await page.run(() => eyeline.stats().captured)), "number");
  });

  test("a core that never comes, in any way, leaves the first script at work", async (world) => {
    world.site.serve("/empty", "");
    const name = readdirSync(DIST).find((file) => /^eyeline-core-.*\.js$/.test(file) && !file.includes("asm"));
    for (const broken of [{ status: 404, body: "no" }, { body: "throw new Error('on purpose')" }, { body: "<html>" }, { body: "export {}" }]) {
      world.site.serve(`/sdk/${name}`, { ...broken, headers: { "content-type": "text/javascript" } });
      const path = `/${world.site.requests.length}`;
      const page = await world.openByLink(world.page(path, { body: CARDS }));
      await seenByFirst(page);
      await page.close();
      await world.until("renders arrive", () => world.kind("render").filter(({ page: shown }) => shown === path).length === 2);
    }
  });

  test("wasm that is no wasm leaves the JavaScript build or the first script at work", async (world) => {
    const name = readdirSync(DIST).find((file) => file.endsWith(".wasm"));
    world.site.serve(`/sdk/${name}`, { body: Buffer.from("not wasm at all"), headers: { "content-type": "application/wasm" } });
    const page = await world.openByLink(world.page("/", { body: CARDS }));
    await seenByFirst(page);
    await page.close();
    await world.until("renders arrive", () => world.kind("render").length === 2);
  });

  test("an ad blocker that blocks the collector is not noticed by the page", async (world) => {
    const page = await world.open("about:blank");
    await page.block(world.proxy.address);
    await page.goto(world.page("/", { body: CARDS }));
    await coreRuns(page);
    await use(page);
    assert.equal(await flush(page), false);
    assert.equal(await works(page), 3);
    assert.deepEqual(world.proxy.requests, []);
  }, ["block"]);

  test("an ad blocker that blocks the SDK's second part is not noticed by the page", async (world) => {
    const page = await world.open("about:blank");
    await page.block(`${world.site.origin}/sdk/eyeline-core`);
    await page.goto(world.page("/", { body: CARDS }));
    await seenByFirst(page);
    await use(page);
    assert.equal(await works(page), 3);
  }, ["block"]);

  test("a page that taught the language new tricks is measured all the same", async (world) => {
    const tricks = `
      Array.prototype.toJSON = function () { return "broken"; };
      Object.prototype.extra = "enumerable";
      Object.defineProperty(Object.prototype, "toJSON", { value: undefined, configurable: true, writable: true });
      Array.prototype.remove = function () {};
      Function.prototype.extra = 1;
      delete window.requestIdleCallback;`;
    const page = await world.open(world.page("/", { head: script(tricks), body: CARDS }));
    await coreRuns(page);
    await use(page);
    await flush(page);
    await world.event("viewable", "one");
    assert.deepEqual(world.kind("click").map(({ c }) => c), ["one"]);
    assert.deepEqual(gaps(world.events()), []);
  });

  for (const [what, source] of [
    ["getters that throw", `for (const name of ["sendBeacon", "language", "locks", "globalPrivacyControl", "userAgent"]) Object.defineProperty(navigator, name, { get() { throw new Error("mine"); }, configurable: true });`],
    ["storage that throws", `for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); }, configurable: true });`],
    ["prototypes that throw", `for (const name of ["closest", "getAttribute", "matches", "getBoundingClientRect"]) Element.prototype[name] = function () { throw new Error("mine"); };`],
    ["a fetch that throws", `window.fetch = () => { throw new Error("mine"); };`],
    ["a fetch that gives nonsense", `window.fetch = () => 42;`],
    ["no IntersectionObserver", `delete window.IntersectionObserver; delete window.IntersectionObserverEntry;`],
    ["no MutationObserver", `delete window.MutationObserver; delete window.WebKitMutationObserver;`],
    ["no ResizeObserver", `delete window.ResizeObserver;`],
    ["no fetch", `delete window.fetch;`],
    ["no IndexedDB and no locks", `delete window.indexedDB; delete IDBFactory.prototype.open; delete Navigator.prototype.locks;`],
    ["no crypto", `Object.defineProperty(window, "crypto", { value: undefined });`],
    ["no WebAssembly", `delete window.WebAssembly;`],
    ["a clock that stands still", `performance.now = () => 5;`],
    ["a clock that runs backwards", `{ const now = performance.now.bind(performance); performance.now = () => 1e6 - now(); }`],
  ]) {
    test(`a page with ${what} sees no exception`, async (world) => {
      const own = script(`{ const now = performance.now.bind(performance); window.trueNow = now; }${source}`);
      const page = await world.openByLink(world.page("/", { head: own, body: CARDS }));
      await page.run(() => new Promise((resolve) => { const begun = Date.now(); const look = () => (Date.now() - begun > 1_250 ? resolve() : setTimeout(look, 20)); look(); }));
      await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), card("three"));
      await page.run(() => document.getElementById("one").click());
      await page.run(() => globalThis.eyeline?.flush?.()?.then?.(() => true));
      assert.equal(await works(page), 3);
      await page.close();
    });
  }

  test("storage that is blocked means memory only: delivered, and counted", async (world) => {
    const source = `for (const name of ["localStorage", "indexedDB"]) Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });`;
    const page = await world.open(world.page("/", { head: script(source), body: CARDS }));
    await coreRuns(page);
    await captured(page, 2);
    await flush(page);
    await world.until("renders arrive", () => world.kind("render").length === 2);
  });

  test("calls made before the SDK has loaded are done in order", async (world) => {
    const stub = `window.eyeline=window.eyeline||function(){(eyeline.q=eyeline.q||[]).push(arguments)};
      eyeline("consent","full"); eyeline("serve",{content:"slate",placement:"top"}); eyeline("convert","signup",{value:1999,currency:"EUR",order:"o-1"}); eyeline("nonsense"); eyeline("impression");`;
    const release = world.site.hold(/\/sdk\/eyeline\.js/);
    world.site.serve("/", html({ head: script(stub) + tag(world.settings({ consent: "pending" })), body: "" }));
    const opening = world.open(`${world.site.origin}/`);
    await until("the SDK is asked for", () => world.site.requests.some(({ url }) => url === "/sdk/eyeline.js"));
    release();
    const page = await opening;
    await coreRuns(page);
    await flush(page);
    const convert = await world.event("convert");
    assert.deepEqual([convert.goal, convert.val, convert.cur, convert.oid], ["signup", 1999, "EUR", "o-1"]);
    assert.ok((await world.event("serve", "slate")).n < convert.n);
    assert.deepEqual(await page.run(() => typeof eyeline.flush), "function");
  });

  test("a tag pasted twice measures once", async (world) => {
    const both = tag(world.settings()) + tag(world.settings());
    const page = await world.open(world.site.serve("/", html({ head: both, body: CARDS })));
    await coreRuns(page);
    await captured(page, 2);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.until("viewables arrive", () => world.kind("viewable").length >= 2);
    assert.equal(world.kind("render").length, 2);
    assert.equal(new Set(world.events().map(({ inst }) => inst)).size, 1);
  });

  test("the npm package measures the same: start() and its handle", async (world) => {
    const settings = JSON.stringify({ key: world.key, endpoint: world.proxy.address, affiliate: "my-site", consent: "full" });
    const head = `<script type="module">import { start } from "/sdk/npm/index.js"; window.eyeline = start(${settings});</script>`;
    const page = await world.open(world.site.serve("/", html({ head, body: CARDS + `<p id="plain" style="height:50px">plain</p>` })));
    await coreRuns(page);
    await page.run(() => eyeline.impression(document.getElementById("plain"), { content: "by-code", placement: "list" }));
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.until("all three are viewable", () => world.kind("viewable").length === 3);
    await page.run(() => eyeline.stop());
    assert.deepEqual(world.kind("render").map(({ c }) => c), ["one", "two", "by-code"]);
  });

  test("settings that are missing or wrong are said in the console and throw nothing", async (world) => {
    world.site.serve("/", html({ head: `<script async src="/sdk/eyeline.js" data-key="x"></script>`, body: CARDS }));
    const page = await world.open(`${world.site.origin}/`);
    await lives(page, 300);
    assert.equal(await works(page), 2);
    assert.deepEqual(world.proxy.requests, []);
  });

  // An error of a database request is stopped from becoming one of the page; that one is ours.
  test("nothing is ever prevented, and no event is stopped", async (world) => {
    const spy = script(`window.called = [];
      for (const name of ["preventDefault", "stopPropagation", "stopImmediatePropagation"]) {
        const real = Event.prototype[name];
        Event.prototype[name] = function () { if (!(this.target instanceof IDBRequest)) called.push(name + " of " + this.type); return real.call(this); };
      }`);
    const page = await world.open(world.page("/", { head: spy, body: CARDS }));
    await coreRuns(page);
    await use(page);
    await flush(page);
    await world.event("click", "one");
    assert.deepEqual(await page.run(() => window.called), []);
  });

  test("ten thousand observed elements are all rendered", async (world, t) => {
    const head = script(`window.tasks = [];
      try { new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask", buffered: true }); } catch {}`);
    const page = await world.open(world.page("/", { head, body: "" }));
    await coreRuns(page);
    await page.run(() => {
      window.tasks.length = 0;
      const items = Array.from({ length: 10_000 }, (_, i) => `<i data-eyeline-content="item-${i}" data-eyeline-placement="grid" style="display:inline-block;width:20px;height:20px"></i>`);
      document.body.innerHTML = items.join("");
    });
    await until("all are captured", () => page.run(() => eyeline.stats().captured >= 10_000), { within: 90_000, seen: () => page.run(() => eyeline.stats()) });
    await page.run(() => scrollTo(0, document.body.scrollHeight));
    const longest = await page.run(() => Math.max(0, ...window.tasks));
    t.diagnostic(`longest task with 10,000 elements: ${longest} ms (the browser's own layout of them included; 0 where it has no longtask)`);
    const { captured: count, lost } = await page.run(() => eyeline.stats());
    const gone = Object.values(lost).reduce((sum, one) => sum + one, 0);
    await world.until("every render arrives or is counted as lost", async () => {
      await flush(page);
      return world.kind("render").length + gone >= 10_000;
    });
    assert.ok(count >= 10_000);
    assert.equal(gone, 0, JSON.stringify(lost));
    assert.equal(world.kind("render").length, 10_000);
  });
});
