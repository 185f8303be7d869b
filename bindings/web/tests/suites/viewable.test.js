// What a visitor saw, for how long, and what was clicked, is read back exactly.
import assert from "node:assert/strict";
import { card } from "../world/html.js";
import { coreRuns, flush, lives } from "../world/in-page.js";
import { gaps } from "../world/raw.js";
import { suite } from "../world/world.js";

/** MRC: half of it for one second without a break. */
const VIEWABLE_MS = 1_000;
/** What the issue of this SDK allows dwell to be off. */
const DWELL_ERROR_MS = 50;

const BELOW = `<div style="height:3000px"></div>`;

/** Wall time of an event on the page's clock. */
const at = (event) => event.line.b.t0 + event.dt;

suite("what was seen", (test) => {
  test("renders, viewables, dwell and clicks are read back with everything the markup says", async (world) => {
    const first = `<a id="go" href="https://shop.example/p/1?utm=x#top" onclick="event.preventDefault()">one</a>`;
    const extra = `data-eyeline-request="r9" data-eyeline-model="bts@47" data-eyeline-propensity="0.087" data-eyeline-exploration="true" data-eyeline-variant="wide"`;
    const url = world.page("/a/b", {
      settings: { "dim-edition": "jp", "exp-recs": "bts" },
      body: `<div data-eyeline-placement="top">
          ${card("one", { position: 1, extra, inner: first }).replace(' data-eyeline-placement="list"', "")}</div>
        ${card("two", { position: 2 })} ${BELOW} ${card("three", { position: 3 })}`,
    });
    const page = await world.open(`${url}?private=1#secret`);
    await coreRuns(page);
    await page.click("#go");
    await lives(page, VIEWABLE_MS + 200);
    await flush(page);
    await world.event("viewable", "two");
    await page.close();
    await world.until("the last dwell of both arrives", () => ["one", "two"].every((c) => world.kind("dwell").some((e) => e.c === c && e.vis >= VIEWABLE_MS)));

    assert.deepEqual(
      world.kind("render").map(({ c, pl, pos, ms, req, m, p, x, var: variant }) => ({ c, pl, pos, ms, req, m, p, x, variant })),
      [
        { c: "one", pl: "top", pos: 1, ms: 1, req: "r9", m: "bts@47", p: 0.087, x: 1, variant: "wide" },
        { c: "two", pl: "list", pos: 2, ms: 1, req: undefined, m: undefined, p: undefined, x: 0, variant: undefined },
        { c: "three", pl: "list", pos: 3, ms: 1, req: undefined, m: undefined, p: undefined, x: 0, variant: undefined },
      ],
    );
    assert.deepEqual(world.kind("viewable").map(({ c, pl, pos, rule }) => [c, pl, pos, rule]), [
      ["one", "top", 1, "mrc50_1s"],
      ["two", "list", 2, "mrc50_1s"],
    ]);
    const [click, ...more] = world.kind("click");
    assert.deepEqual(more, []);
    assert.deepEqual([click.c, click.pl, click.tr, click.tg], ["one", "top", 1, "shop.example/p/1"]);
    assert.ok(click.lat >= 0 && click.lat < 30_000, `latency ${click.lat}`);
    for (const dwell of world.kind("dwell")) assert.deepEqual([dwell.mx, dwell.tiv, ["one", "two"].includes(dwell.c)], [100, 1, true]);

    const { b } = world.lines()[0];
    assert.deepEqual([b.v, b.src.aff, b.src.site, b.src.page, b.con.mode, b.dim, b.exp], ["1-0-0", "my-site", "localhost", "/a/b", "full", { edition: "jp" }, { recs: "bts" }]);
    assert.match(b.sdk, /^web\/\d+\.\d+\.\d+/);
    assert.deepEqual(gaps(world.events()), [], "no number is missing");
    assert.equal(new Set(world.events().map(({ imp, c }) => `${imp} ${c}`)).size, 3, "an impression number means one content");
    assert.equal(JSON.stringify(world.lines()).includes("secret"), false, "no fragment is sent");
    assert.equal(JSON.stringify(world.lines()).includes("private=1"), false, "no query is sent");
  });

  test("viewable is dated to the moment the rule was met", async (world) => {
    const page = await world.open(world.page("/", { body: "" }));
    await coreRuns(page);
    const begun = await page.run(
      (html) =>
        new Promise((resolve) => {
          document.body.innerHTML = html;
          new IntersectionObserver(([entry]) => resolve(performance.timeOrigin + entry.time)).observe(document.getElementById("one"));
        }),
      card("one"),
    );
    await lives(page, VIEWABLE_MS + 100);
    await flush(page);
    const took = at(await world.event("viewable", "one")) - begun;
    assert.ok(Math.abs(took - VIEWABLE_MS) <= DWELL_ERROR_MS, `viewable ${took} ms after it showed`);
  });

  test("less than half, or less than a second, is not viewable", async (world) => {
    const page = await world.open(world.page("/", { body: `${card("third", { style: "position:absolute;top:-68px" })}` }));
    await coreRuns(page);
    await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), `<div style="height:200px"></div>${card("short")}`);
    await lives(page, VIEWABLE_MS / 2);
    await page.run(() => document.getElementById("short").remove());
    await lives(page, VIEWABLE_MS);
    await flush(page);
    await world.event("hide", "short");
    assert.deepEqual(world.kind("render").map(({ c }) => c).sort(), ["short", "third"]);
    assert.deepEqual(world.kind("viewable"), []);
  });

  test("dwell is within 50 ms of the page's own clock", async (world) => {
    const page = await world.open(world.page("/", { body: "" }));
    await coreRuns(page);
    const shown = await page.run(
      (html) =>
        new Promise((resolve) => {
          document.body.innerHTML = html;
          const element = document.getElementById("one");
          new IntersectionObserver(([{ time }]) => {
            const look = () => {
              if (performance.now() - time < 2_345) return setTimeout(look, 5);
              element.remove();
              resolve(performance.now() - time);
            };
            look();
          }).observe(element);
        }),
      card("one"),
    );
    await flush(page);
    const { vis } = (await world.until("dwell arrives", () => world.kind("dwell").filter(({ c }) => c === "one").length > 0 && world.kind("dwell"))).at(-1);
    assert.ok(Math.abs(vis - shown) <= DWELL_ERROR_MS, `dwell says ${vis}, the page ${shown}`);
  });

  test("a hidden tab counts nothing, and the second begins anew when it shows again", async (world) => {
    const page = await world.open(world.page("/", { body: card("one") }));
    await coreRuns(page);
    await page.run(() => {
      window.shown = [];
      let since = performance.now();
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") window.shown.push(performance.now() - since);
        else since = performance.now();
        window.since = performance.timeOrigin + since;
      });
    });
    await page.hide();
    await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), card("two"));
    await lives(page, 2 * VIEWABLE_MS);
    assert.deepEqual(world.kind("viewable").filter(({ c }) => c === "two"), []);
    await page.show();
    await lives(page, VIEWABLE_MS + 200);
    const since = await page.run(() => window.since);
    await page.run(() => document.getElementById("two").remove());
    await flush(page);
    const viewable = await world.event("viewable", "two");
    const dwell = await world.until("dwell of two", () => world.kind("dwell").findLast(({ c }) => c === "two"));
    assert.ok(at(viewable) - since >= VIEWABLE_MS - DWELL_ERROR_MS, `viewable ${at(viewable) - since} ms after the tab showed`);
    assert.ok(dwell.vis < 2 * VIEWABLE_MS, `${dwell.vis} ms dwelt, though hidden for ${2 * VIEWABLE_MS}`);
    const [one] = world.kind("viewable").filter(({ c }) => c === "one");
    assert.ok(at(one) - since >= VIEWABLE_MS - DWELL_ERROR_MS, "what showed less than a second before begins anew too");
  });

  test("engaged time needs a hand on the page", async (world) => {
    const page = await world.open(world.page("/", { body: `${card("one")}<button id="b">b</button>` }));
    await coreRuns(page);
    await lives(page, VIEWABLE_MS);
    await page.click("#b");
    await lives(page, VIEWABLE_MS);
    await page.run(() => document.getElementById("one").remove());
    await flush(page);
    const dwell = await world.until("the last dwell", () => world.kind("dwell").findLast(({ c, vis }) => c === "one" && vis >= 2 * VIEWABLE_MS));
    assert.ok(dwell.eng >= VIEWABLE_MS - DWELL_ERROR_MS && dwell.eng <= dwell.vis, `engaged ${dwell.eng} of ${dwell.vis} ms`);
  });
});
