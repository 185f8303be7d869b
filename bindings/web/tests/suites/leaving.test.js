// Leaving a page in every way a person can: what was seen is delivered at once, before and after the core has loaded.
import assert from "node:assert/strict";
import { CLOSINGS } from "../browsers/index.js";
import { card, html } from "../world/html.js";
import { captured, coreRuns, flush, lives, seenByFirst } from "../world/in-page.js";
import { distinct, gaps } from "../world/raw.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const CARDS = [1, 2, 3].map((i) => card(`c${i}`, { position: i })).join("");

/** Of how many pieces of content something of this kind has arrived. */
const of = (world, k) => new Set(world.kind(k).map(({ c }) => c)).size;

const rendered = (world) => world.kind("render").map(({ c }) => c).sort();

/** A keepalive request outlives its page; the answer finds nobody, and the page or the next one of the site sends again. */
const ANSWERS_NOBODY = "the page was gone before the answer came";

suite("leaving", (test) => {
  for (const how of CLOSINGS) {
    test(`a tab closed (${how}) delivers at once what the core has`, async (world) => {
      world.copiesExpected = ANSWERS_NOBODY;
      const page = await world.openByLink(world.page("/", { body: CARDS }));
      await coreRuns(page);
      await captured(page, 3);
      await page.close(how);
      await world.until("renders and dwells arrive", () => of(world, "render") === 3 && of(world, "dwell") === 3);
      assert.deepEqual(rendered(world), ["c1", "c2", "c3"]);
      assert.deepEqual(gaps(world.events()), []);
    });

    test(`a tab closed (${how}) before the core has come delivers renders and clicks at once`, async (world) => {
      const release = world.site.hold(/eyeline-core/);
      world.copiesExpected = ANSWERS_NOBODY;
      const page = await world.openByLink(world.page("/", { body: CARDS }));
      await seenByFirst(page);
      await page.click("#c2");
      await page.close(how);
      await world.until("renders and the click arrive", () => world.kind("render").length === 3 && world.kind("click").length === 1);
      release();
      assert.deepEqual(rendered(world), ["c1", "c2", "c3"]);
      assert.deepEqual(world.kind("click").map(({ c, tr }) => [c, tr]), [["c2", 1]]);
      assert.match(world.lines()[0].b.sdk, /^web-first\//);
      assert.deepEqual(gaps(world.events()), []);
    });
  }

  test("a site's last tab, closed as soon as its cards were seen, delivers them", async (world) => {
    // Firefox ends the tab's process while its last handlers run: how many of them get to run is chance.
    world.copiesExpected = ANSWERS_NOBODY;
    const names = Array.from({ length: 12 }, (_, visit) => `v${visit}-`);
    for (const name of names) {
      const page = await world.open(world.page(`/${name}`, { body: card(name) }));
      await coreRuns(page);
      await captured(page, 1);
      await page.close();
    }
    await world.until("every visit's card arrives", () => of(world, "render") === names.length);
  });

  test("a tab left while the wasm is still on its way delivers renders", async (world) => {
    const release = world.site.hold(/\.wasm$/);
    const page = await world.openByLink(world.page("/", { body: CARDS }));
    await until("the wasm is asked for", () => world.site.requests.some(({ url }) => url.endsWith(".wasm")));
    await seenByFirst(page);
    await page.close();
    await world.until("renders arrive", () => world.kind("render").length === 3);
    release();
    assert.deepEqual(rendered(world), ["c1", "c2", "c3"]);
  });

  test("following a link delivers at once, the click with it", async (world) => {
    world.site.serve("/next", html({ body: "next" }));
    const page = await world.open(world.page("/", { body: CARDS + card("link", { inner: `<a id="go" href="/next">go</a>` }) }));
    await coreRuns(page);
    await captured(page, 4);
    await page.click("#go");
    await world.event("click", "link");
    await world.until("renders and dwells arrive", () => of(world, "render") === 4 && of(world, "dwell") === 4);
    assert.deepEqual(gaps(world.events()), []);
  });

  test("a tab hidden before the core has come, and shown again, counts nothing twice", async (world) => {
    const release = world.site.hold(/eyeline-core/);
    const page = await world.open(world.page("/", { body: CARDS }));
    await seenByFirst(page);
    await page.hide();
    await world.until("the first script delivers", () => world.kind("render").length === 3);
    release();
    await page.show();
    await coreRuns(page);
    await lives(page, 1_200);
    await flush(page);
    await world.until("all are viewable", () => world.kind("viewable").length === 3);
    const all = distinct(world.events());
    const viewable = world.kind("viewable").map(({ inst, imp }) => `${inst}/${imp}`);
    const renders = all.filter(({ k }) => k === "render").map(({ inst, imp }) => `${inst}/${imp}`);
    assert.ok(viewable.every((key) => renders.includes(key)), "what is viewable was rendered under the same number");
    assert.deepEqual(gaps(world.events()), []);
  });

  test("a tab that is hidden and then closed is delivered once", async (world) => {
    const page = await world.open(world.page("/", { body: CARDS }));
    await coreRuns(page);
    await captured(page, 3);
    await page.hide();
    await world.until("renders arrive", () => world.kind("render").length === 3);
    await page.close();
    await world.until("nothing is missing", () => gaps(world.events()).length === 0);
    assert.deepEqual(rendered(world), ["c1", "c2", "c3"]);
  });

  test("a crashed renderer's events are delivered (fetchLater)", async (world) => {
    const page = await world.open(world.page("/", { body: CARDS }));
    await coreRuns(page);
    await captured(page, 3);
    await lives(page, 1_200);
    await page.crash();
    await world.until("renders arrive", () => world.kind("render").length === 3);
    assert.deepEqual(rendered(world), ["c1", "c2", "c3"]);
  }, ["fetchLater", "crash"]);

  test("leaving never waits: no request is synchronous, none is longer than the quota", async (world) => {
    const head = `<script>
      window.sync = 0;
      const open = XMLHttpRequest.prototype.open;
      XMLHttpRequest.prototype.open = function (...words) { if (words[2] === false) window.sync++; return open.apply(this, words); };
    </script>`;
    const page = await world.open(world.page("/", { head, body: CARDS }));
    await coreRuns(page);
    await captured(page, 3);
    await page.hide();
    await world.until("renders arrive", () => world.kind("render").length === 3);
    assert.equal(await page.run(() => window.sync), 0);
    for (const { body } of world.proxy.requests) assert.ok(body.length <= 65_536, `${body.length} bytes at once`);
  });
});
