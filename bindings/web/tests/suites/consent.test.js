// Consent: pending stores and sends nothing, denied wipes, measure-only keeps no visitor; by call, by TCF, by GPP, by GPC.
import assert from "node:assert/strict";
import { GPP, TCF } from "../world/cmp.js";
import { card, html, tag } from "../world/html.js";
import { captured, coreRuns, flush, lives, seenByFirst } from "../world/in-page.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const CARDS = card("one") + card("two");
const A_SECOND_AND_A_BIT = 1_250;

/** Everything the page could have kept. */
function kept(page) {
  return page.run(async () => {
    const databases = indexedDB.databases ? await indexedDB.databases() : [];
    const entries = [];
    for (const { name, version } of databases) {
      // WebKit lists a database whose making was given up, as version 0.
      if (!version) continue;
      const database = await new Promise((resolve, reject) => {
        const open = indexedDB.open(name, version);
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
      });
      for (const store of database.objectStoreNames) {
        const keys = database.transaction(store).objectStore(store).getAllKeys();
        await new Promise((resolve) => (keys.onsuccess = resolve));
        entries.push(...keys.result.map((key) => JSON.stringify(key)));
      }
      database.close();
    }
    const caches_ = globalThis.caches ? await caches.keys() : [];
    return { entries, local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie, caches: caches_ };
  });
}

/** Keys of events, batches and requests to erase: [slot, class, number], class 0 being the engine's own state, which names nobody. */
const isOfEvents = (key) => !/^\["id"|^\[\d+,0,/.test(key);

/** Waits until no event is kept; that the visitor denied may be. */
function nothingKept(page) {
  const seen = async () => (await kept(page)).entries;
  return until("no event is kept", async () => !(await seen()).some(isOfEvents), { seen });
}

const NOTHING = { entries: [], local: [], session: [], cookie: "", caches: [] };

async function consented(world, settings, head = "") {
  const page = await world.open(world.page("/", { settings, head, body: CARDS }));
  await coreRuns(page);
  await captured(page, 2);
  return page;
}

const script = (source) => `<script>${source}</script>`;

suite("consent", (test) => {
  test("pending stores nothing and sends nothing; consent then sends what was seen before it", async (world) => {
    const page = await consented(world, { consent: "pending" });
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await page.hide();
    await page.show();
    assert.deepEqual(await kept(page), NOTHING);
    assert.deepEqual(world.proxy.requests, []);
    await page.run(() => eyeline.consent("full"));
    await world.until("what was seen before arrives", async () => {
      await flush(page);
      return world.kind("render").length === 2 && world.kind("viewable").length >= 1;
    });
    assert.deepEqual([...new Set(world.kind("render").map(({ mode }) => mode))], ["full"]);
  });

  test("pending is what holds where nobody said anything", async (world) => {
    const { consent: _, ...settings } = world.settings();
    world.site.serve("/", html({ head: tag(settings), body: CARDS }));
    const page = await world.openByLink(`${world.site.origin}/`);
    await coreRuns(page);
    await captured(page, 2);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    assert.deepEqual(await kept(page), NOTHING);
    await page.close();
    const other = await world.open(world.site.serve("/quiet", html({})));
    assert.deepEqual(await kept(other), NOTHING);
    assert.deepEqual(world.proxy.requests, []);
  });

  test("pending while the core has not come: a tab that closes sends nothing", async (world) => {
    const release = world.site.hold(/eyeline-core/);
    const page = await world.openByLink(world.page("/", { settings: { consent: "pending" }, body: CARDS }));
    await seenByFirst(page);
    await page.close();
    release();
    const other = await world.open(world.site.serve("/quiet", html({})));
    await lives(other, 500);
    assert.deepEqual(await kept(other), NOTHING);
    assert.deepEqual(world.proxy.requests, []);
  });

  test("denied wipes what was kept, sends nothing more, and is counted", async (world) => {
    const page = await consented(world, { consent: "full" });
    world.proxy.down();
    await flush(page);
    await until("something is kept", async () => (await kept(page)).entries.some(isOfEvents));
    await page.run(() => eyeline.consent("denied"));
    await nothingKept(page);
    world.proxy.up();
    const before = world.proxy.requests.length;
    await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), card("three"));
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    assert.equal(world.proxy.requests.length, before);
    const { lost, queued } = await page.run(() => eyeline.stats());
    assert.equal(queued, 0);
    assert.ok(lost.consent_withdrawn >= 2, JSON.stringify(lost));
  });

  test("denied outlives the page, whatever the tag says", async (world) => {
    const page = await consented(world, { consent: "full" });
    await page.run(() => eyeline.consent("denied"));
    await nothingKept(page);
    const before = world.proxy.requests.length;
    const again = await world.open(world.page("/", { settings: { consent: "full" }, body: CARDS }));
    await coreRuns(again);
    await lives(again, A_SECOND_AND_A_BIT);
    await flush(again);
    await again.close();
    assert.equal(world.proxy.requests.length, before);
  });

  test("measure-only keeps no visitor id", async (world) => {
    const page = await consented(world, { consent: "measure" });
    await flush(page);
    const render = await world.event("render", "one");
    assert.deepEqual([render.mode, render.line.b.usr?.anon], ["measure", undefined]);
    assert.equal(await page.run(() => document.cookie), "");
  });

  test("the visitor is the same at the next visit, and another after forget()", async (world) => {
    const anonOf = async (path) => {
      const page = await world.open(world.page(path, { body: card(path) }));
      await coreRuns(page);
      await captured(page, 1);
      await flush(page);
      return [(await world.event("render", path)).line.b.usr.anon, page];
    };
    const [first, one] = await anonOf("/1");
    const [second, two] = await anonOf("/2");
    assert.equal(first, second);
    assert.match(first, /^[A-Za-z0-9_-]{16}$/);
    await one.close();
    await two.run(() => eyeline.forget());
    await world.until("the request to erase arrives", () => world.proxy.requests.some(({ url, status }) => url.startsWith("/v1/forget") && status === 200));
    const [third] = await anonOf("/3");
    assert.notEqual(third, first);
    assert.ok(world.lines().some((line) => JSON.stringify(line.forget ?? line).includes(first)), "the collector wrote whom to erase");
  });

  test("Global Privacy Control means measure-only", async (world) => {
    const head = script(`Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true, configurable: true })`);
    const page = await consented(world, { consent: "full" }, head);
    await flush(page);
    const { line } = await world.event("render", "one");
    assert.deepEqual([line.b.con.mode, line.b.con.gpc, line.b.usr?.anon], ["measure", 1, undefined]);
  });

  test("TCF: nothing before the visitor's choice, then all of it", async (world) => {
    const page = await consented(world, { consent: "auto" }, script(TCF));
    await page.run(() => {
      cmpLoads();
      decide("shown");
    });
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    assert.deepEqual(await kept(page), NOTHING);
    assert.deepEqual(world.proxy.requests, []);
    await page.run(() => decide("accepted"));
    await world.until("what was seen before arrives", async () => {
      await flush(page);
      return world.kind("render").length === 2;
    });
    assert.equal((await world.event("render", "one")).mode, "full");
    await page.run(() => decide("rejected"));
    const before = world.proxy.requests.length;
    await nothingKept(page);
    await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), card("three"));
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    assert.equal(world.proxy.requests.length, before, "nothing after withdrawal");
  });

  test("TCF: rejected sends nothing, ever", async (world) => {
    const page = await world.open(world.page("/", { settings: { consent: "auto" }, head: script(`${TCF} cmpLoads(); decide("rejected");`), body: CARDS }));
    await coreRuns(page);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await page.close();
    const other = await world.open(world.site.serve("/quiet", html({})));
    assert.deepEqual((await kept(other)).entries.filter(isOfEvents), []);
    assert.deepEqual(world.proxy.requests, []);
  });

  test("TCF: purpose 8 by legitimate interest alone is measure-only; outside its territory is full", async (world) => {
    for (const [choice, mode] of [["legitimate", "measure"], ["outside", "full"]]) {
      const page = await world.open(world.page(`/${choice}`, { settings: { consent: "auto" }, head: script(`${TCF} cmpLoads(); decide("${choice}");`), body: card(choice) }));
      await coreRuns(page);
      await captured(page, 1);
      const render = await world.until(`${choice} arrives`, async () => {
        await flush(page);
        return world.kind("render").find(({ c }) => c === choice);
      });
      assert.equal(render.mode, mode);
      assert.equal(render.line.b.usr?.anon === undefined, mode === "measure");
    }
  });

  test("TCF: a frame of another origin asks the page's platform", async (world) => {
    world.site.serve("/ad", html({ head: tag({ ...world.settings({ consent: "auto" }), site: "localhost" }), body: card("ad") }));
    const frame = `<iframe src="${world.site.elsewhere}/ad" width="400" height="200"></iframe>`;
    const page = await world.open(world.site.serve("/", html({ head: script(TCF), body: frame })));
    await page.run(() => {
      cmpLoads();
      decide("shown");
    });
    await lives(page, 2 * A_SECOND_AND_A_BIT);
    assert.deepEqual(world.proxy.requests, []);
    await page.run(() => decide("accepted"));
    await lives(page, 200);
    await page.close();
    const render = await world.until("the frame's content arrives", () => world.kind("render").find(({ c }) => c === "ad"));
    assert.equal(render.mode, "full");
  });

  test("GPP: an opt-out in the section that applies is measure-only, none is full", async (world) => {
    for (const [choice, mode] of [["opted out", "measure"], ["allowed", "full"]]) {
      const name = choice.replace(" ", "-");
      const page = await world.open(world.page(`/${name}`, { settings: { consent: "auto" }, head: script(`${GPP} cmpLoads(); decide("shown");`), body: card(name) }));
      await coreRuns(page);
      await captured(page, 1);
      await flush(page);
      assert.deepEqual(world.kind("render").filter(({ c }) => c === name), []);
      await page.run((choice) => decide(choice), choice);
      const render = await world.until(`${name} arrives`, async () => {
        await flush(page);
        return world.kind("render").find(({ c }) => c === name);
      });
      assert.equal(render.mode, mode);
    }
  });

  test("no platform in sight and consent left to it: nothing is sent", async (world) => {
    const page = await consented(world, { consent: "auto" });
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    assert.deepEqual(await kept(page), NOTHING);
    assert.deepEqual(world.proxy.requests, []);
  });
});
