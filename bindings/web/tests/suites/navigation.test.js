// Pages that come and go: single-page apps, the back/forward cache, pages prepared ahead, reloads.
import assert from "node:assert/strict";
import { card, html } from "../world/html.js";
import { captured, coreRuns, flush, lives } from "../world/in-page.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const A_SECOND_AND_A_BIT = 1_250;

/** Longer than anything is shown before and after. */
const AWAY_MS = 6_000;

/** A keepalive request outlives its page; the answer finds nobody, and the next page of the site sends again. */
const ANSWERS_NOBODY = "the page was gone or frozen before the answer came";

suite("navigation", (test) => {
  test("a new path in a single-page app is a new page, and what stays is seen anew", async (world) => {
    const page = await world.open(world.page("/home", { body: `<main id="m">${card("one")}</main>${card("header")}` }));
    await coreRuns(page);
    await captured(page, 2);
    await page.run((html) => {
      history.pushState({}, "", "/article?id=7#x");
      document.getElementById("m").innerHTML = html;
    }, card("two"));
    await world.until("the next page's content is rendered", async () => {
      await flush(page);
      return world.kind("render").filter(({ page: path }) => path === "/article").length === 2;
    });
    const shown = world.kind("render").map(({ page: path, c }) => `${path} ${c}`).sort();
    assert.deepEqual(shown, ["/article header", "/article two", "/home header", "/home one"]);
    const views = new Set(world.lines().map(({ b }) => `${b.src.pv} ${b.src.page}`));
    assert.deepEqual([...views].sort(), ["1 /home", "2 /article"]);
    assert.equal(new Set(world.events().map(({ inst }) => inst)).size, 1);
    await page.run(() => history.back());
    await world.until("going back is a page again", async () => {
      await flush(page);
      return world.lines().some(({ b }) => b.src.page === "/home" && b.src.pv === 3);
    });
  });

  test("a change of query or fragment alone is no new page", async (world) => {
    const page = await world.open(world.page("/home", { body: card("one") }));
    await coreRuns(page);
    await page.run(() => {
      history.replaceState({}, "", "/home?tab=2");
      location.hash = "part";
    });
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.event("viewable", "one");
    assert.deepEqual(world.kind("render").length, 1);
    assert.deepEqual([...new Set(world.lines().map(({ b }) => b.src.pv))], [1]);
  });

  test("a page restored from the back/forward cache shows its content anew, and nothing counts while it is away", async (world) => {
    world.copiesExpected = ANSWERS_NOBODY;
    world.site.serve("/away", html({ body: "elsewhere" }));
    const head = `<script>addEventListener("pageshow", (e) => { window.restored = e.persisted; });</script>`;
    const page = await world.open(world.page("/", { head, body: card("one") }));
    await coreRuns(page);
    await captured(page, 1);
    // Firefox keeps no page with a request or a database transaction under way.
    await flush(page);
    await lives(page, A_SECOND_AND_A_BIT);
    await page.run(() => void setTimeout(() => (location.href = "/away")));
    await until("the other page is there", () => page.run(() => location.pathname === "/away" && document.readyState === "complete").catch(() => false));
    await lives(page, AWAY_MS);
    await page.run(() => void setTimeout(() => history.back()));
    await until("the page is back", () => page.run(() => location.pathname === "/" && document.readyState === "complete").catch(() => false));
    const restored = await page.run(() => window.restored);
    assert.equal(restored, true, "measuring must not keep a page from the back/forward cache");
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.until("the content is viewable anew", async () => {
      await flush(page);
      return world.kind("render").length === 2 && world.kind("viewable").length === 2;
    });
    for (const { vis } of world.kind("dwell")) assert.ok(vis < AWAY_MS, `${vis} ms counted, away included`);
    const again = world.kind("viewable").at(-1);
    const [, second] = world.kind("render");
    assert.ok(`${again.inst} ${again.imp}` === `${second.inst} ${second.imp}`, "the second impression is the viewable one");
  }, ["bfcache"]);

  test("a page prepared ahead sends nothing before it is activated (speculation rules)", async (world) => {
    world.copiesExpected = ANSWERS_NOBODY;
    world.page("/next", { body: card("prepared") });
    const rules = { prerender: [{ urls: ["/next"], eagerness: "immediate" }] };
    const page = await world.open(world.page("/", { head: `<script type="speculationrules">${JSON.stringify(rules)}</script>`, body: card("one") }));
    await coreRuns(page);
    const prepared = () => world.site.requests.some(({ url, headers }) => url === "/next" && headers["sec-purpose"]?.includes("prerender"));
    await until("the next page is prepared", prepared);
    await lives(page, 2 * A_SECOND_AND_A_BIT);
    await flush(page);
    await world.event("viewable", "one");
    assert.deepEqual(world.events().filter(({ page: path }) => path === "/next"), []);
    const before = await page.run(() => Date.now());
    await page.run(() => void setTimeout(() => (location.href = "/next")));
    await until("the prepared page is shown", () => page.run(() => location.pathname === "/next" && !document.prerendering).catch(() => false));
    assert.ok(await page.run(() => performance.getEntriesByType("navigation")[0].activationStart > 0), "it was prepared, not loaded");
    const render = await world.until("its content is rendered", async () => {
      await page.run(() => globalThis.eyeline?.flush?.());
      return world.kind("render").find(({ c }) => c === "prepared");
    });
    assert.ok(render.line.b.t0 + render.dt >= before, "rendered once it was shown");
  }, ["prerender"]);

  test("a link is followed at once: a click is neither held up nor prevented", async (world) => {
    world.copiesExpected = ANSWERS_NOBODY;
    world.site.serve("/target", html({ body: "there" }));
    const body = card("one", { inner: `<a id="go" href="/target">go</a>` });
    const head = `<script>addEventListener("click", (e) => setTimeout(() => {}, 0) && sessionStorage.setItem("prevented", e.defaultPrevented));</script>`;
    const page = await world.open(world.page("/", { head, body }));
    await coreRuns(page);
    await page.click("#go");
    await until("the target is there", () => page.run(() => location.pathname === "/target").catch(() => false));
    assert.equal(await page.run(() => sessionStorage.getItem("prevented")), "false");
    const click = await world.event("click", "one");
    assert.equal(click.tr, 1);
    assert.match(click.tg, /^localhost(:\d+)?\/target$/);
  });
});
