// Bad networks: the collector gone, slow, failing; many tabs, many reloads. Nothing is lost and nothing stands twice.
import assert from "node:assert/strict";
import { card, html } from "../world/html.js";
import { captured, coreRuns, flush, lives, seenByFirst } from "../world/in-page.js";
import { gaps } from "../world/raw.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const cards = (name) => [1, 2, 3].map((i) => card(`${name}${i}`, { position: i })).join("");
const rendered = (world) => world.kind("render").map(({ c }) => c).sort();
const names = (...letters) => letters.flatMap((letter) => [1, 2, 3].map((i) => letter + i)).sort();

/** A page of the same site without the SDK, from which storage can be looked at. */
const quiet = (world) => world.open(world.site.serve("/quiet", html({ body: "quiet" })));

const TABS = 50;

suite("outage", (test) => {
  test("what could not be sent is sent at the next visit", async (world) => {
    const page = await world.openByLink(world.page("/a", { body: cards("a") }));
    await coreRuns(page);
    await captured(page, 3);
    world.proxy.down();
    assert.equal(await flush(page), false);
    await page.close();
    world.proxy.up();
    assert.deepEqual(world.events(), []);
    const again = await world.open(world.page("/b", { body: cards("b") }));
    await coreRuns(again);
    await world.until("both visits arrive", async () => {
      await flush(again);
      return world.kind("render").length === 6;
    });
    assert.deepEqual(rendered(world), names("a", "b"));
    assert.deepEqual(gaps(world.events()), []);
    const late = world.kind("render").find(({ c }) => c === "a1").line;
    assert.ok(late.att >= 2, `attempt ${late.att}`);
  });

  test("what is left in a hurry without a network is sent at the next visit", async (world) => {
    world.copiesExpected = "what the page handed over as it left may reach a network that is just back";
    const page = await world.openByLink(world.page("/a", { body: cards("a") }));
    await coreRuns(page);
    await captured(page, 3);
    world.proxy.down();
    await page.close("by hand");
    world.proxy.up();
    const again = await world.open(world.page("/b", { body: cards("b") }));
    await coreRuns(again);
    await world.until("both visits arrive", async () => {
      await flush(again);
      return world.kind("render").length === 6;
    });
    assert.deepEqual(rendered(world), names("a", "b"));
  }, ["storesAtLeave"]);

  test("offline and online again: delivered without a reload", async (world) => {
    const page = await world.open(world.page("/a", { body: cards("a") }));
    await coreRuns(page);
    await captured(page, 3);
    await page.offline(true);
    assert.equal(await flush(page), false);
    await page.offline(false);
    await world.until("renders arrive", () => world.kind("render").length === 3);
    assert.deepEqual(rendered(world), names("a"));
  }, ["offline"]);

  test("two tabs after an outage send what was kept once", async (world) => {
    const pages = [];
    for (const name of ["a", "b"]) {
      const page = await world.open(world.page(`/${name}`, { body: "" }));
      await coreRuns(page);
      pages.push(page);
    }
    world.proxy.down();
    for (const [index, page] of pages.entries()) {
      await page.show();
      await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), cards("ab"[index]));
      await captured(page, 3);
      assert.equal(await flush(page), false);
    }
    await Promise.all(pages.map((page) => page.close()));
    world.proxy.up();
    // Both are given the core at the same moment, so that both want what was kept.
    const release = world.site.hold(/eyeline-core/);
    const next = [];
    for (const name of ["c", "d"]) next.push(await world.open(world.page(`/${name}`, { body: "" })));
    release();
    await world.until("both arrive", async () => {
      await Promise.all(next.map((page) => page.run(() => globalThis.eyeline?.flush?.())));
      return world.kind("render").length >= 6;
    });
    await Promise.all(next.map((page) => page.close()));
    assert.deepEqual(rendered(world), names("a", "b"));
    assert.deepEqual(gaps(world.events()), []);
  });

  test("fifty tabs of one site deliver everything once", async (world) => {
    world.copiesExpected = "a tab closes before its answer comes";
    const names = Array.from({ length: TABS }, (_, tab) => `t${tab}-`);
    const pages = [];
    for (const name of names) {
      const page = await world.open(world.page(`/${name}`, { body: cards(name) }));
      await seenByFirst(page);
      pages.push(page);
    }
    await Promise.all(pages.map((page) => page.close()));
    // Fifty at once are more than some browsers let go out as they close; what is stored waits for a visit.
    await coreRuns(await world.open(world.page("/next", { body: "" })));
    const shown = names.flatMap((name) => [1, 2, 3].map((i) => name + i)).sort();
    await world.until("what every tab showed arrives", () => new Set(rendered(world)).size === shown.length);
    assert.deepEqual([...new Set(rendered(world))], shown);
    assert.deepEqual(gaps(world.events()), []);
    const visitors = new Set(world.lines().map(({ b }) => b.usr?.anon).filter(Boolean));
    assert.equal(visitors.size, 1, "one person");
  });

  test("a storm of reloads loses no number and repeats none", async (world) => {
    world.copiesExpected = "a page is gone before its answer comes";
    const page = await world.open(world.page("/", { body: cards("x") }));
    for (let i = 0; i < 15; i++) {
      await page.reload();
      if (i % 3 === 0) await coreRuns(page);
    }
    await coreRuns(page);
    await captured(page, 3);
    await world.until("the last page's renders arrive", async () => {
      await flush(page);
      return world.kind("render").filter(({ sdk }) => sdk.startsWith("web/")).length >= 3 && gaps(world.events()).length === 0;
    });
    const shown = world.kind("render").map(({ inst, c }) => `${inst} ${c}`);
    assert.equal(new Set(shown).size, shown.length, "no load shows its content twice");
  });

  test("a failing collector is tried again until it takes them", async (world) => {
    const answers = [{ status: 500 }, { status: 503, headers: { "retry-after": "1" } }, "cut", { status: 200, body: "<html>Sign in to the Wi-Fi</html>" }];
    world.proxy.fate = () => answers.shift();
    const page = await world.open(world.page("/", { body: cards("a") }));
    await coreRuns(page);
    await captured(page, 3);
    await world.until("renders arrive", async () => {
      await flush(page);
      return world.kind("render").length === 3;
    });
    assert.equal(answers.length, 0, "every fault struck");
    assert.deepEqual(rendered(world), names("a"));
    await until("it knows they were delivered", () => flush(page));
    assert.deepEqual(await page.run(() => Object.values(eyeline.stats().lost).filter((count) => count > 0)), []);
  });

  test("an answer that got lost makes a copy under the same number, which the loader drops", async (world) => {
    world.copiesExpected = "its answer is cut off";
    let cut = 1;
    world.proxy.fate = () => (cut-- > 0 ? "cut after" : undefined);
    const page = await world.open(world.page("/", { body: cards("a") }));
    await coreRuns(page);
    await captured(page, 3);
    await world.until("a second copy arrives", async () => {
      await flush(page);
      return world.events().filter(({ k }) => k === "render").length === 6;
    });
    assert.deepEqual(rendered(world), names("a"));
  });

  test("a slow line (3G: 400 ms, 50 KB/s) delivers what was seen when the tab closes", async (world) => {
    world.proxy.line = { latency: 400, bytesPerSecond: 50_000 };
    const page = await world.openByLink(world.page("/", { body: cards("a") }));
    await coreRuns(page);
    await captured(page, 3);
    await page.close();
    await world.until("renders and dwells arrive", () => world.kind("render").length === 3 && world.kind("dwell").length >= 3);
    assert.deepEqual(gaps(world.events()), []);
  });

  test("more than a leaving page may send goes out at the next visit", async (world) => {
    const page = await world.openByLink(world.page("/a", { body: cards("a") }));
    await coreRuns(page);
    world.proxy.fate = () => ({ status: 503 });
    await page.run(() => {
      const random = () => Math.random().toString(36).slice(2).repeat(8).slice(0, 100);
      for (let i = 0; i < 2_000; i++) eyeline.serve({ content: random(), placement: random() });
    });
    await captured(page, 2_003);
    assert.equal(await flush(page), false);
    await page.close();
    world.proxy.fate = () => undefined;
    const again = await quiet(world);
    await again.goto(world.page("/b", { body: cards("b") }));
    await coreRuns(again);
    await world.until("all of it arrives", async () => {
      await flush(again);
      return world.kind("serve").length === 2_000 && world.kind("render").length === 6;
    });
    assert.deepEqual(gaps(world.events()), []);
  });

  test("a page with nothing to tell sends nothing", async (world) => {
    const page = await world.openByLink(world.page("/", { body: "nothing" }));
    await coreRuns(page);
    await lives(page, 1_500);
    await page.close();
    const next = await quiet(world);
    await lives(next, 500);
    assert.deepEqual(world.proxy.requests.map(({ url }) => url), []);
  });
});
