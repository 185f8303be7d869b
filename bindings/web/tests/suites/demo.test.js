// The demo in a real Chromium: what a visitor does on the media page is what the dashboard shows and what the lake holds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { ENGINES } from "../browsers/index.js";
import { installed } from "../browsers/installed.js";
import { isLoaded, number, table } from "../demo/dashboard.js";
import { Up } from "../demo/up.js";
import { until } from "../world/until.js";

/** Where to put screenshots; none are made without it. */
const PICTURES = process.env.EYELINE_SCREENSHOTS;

let up;
let browser;
let dashboard;
let page;
const faults = [];

const open = async (address) => {
  const tab = await browser.newPage();
  await tab.setViewport({ width: 1200, height: 860 });
  tab.on("pageerror", (error) => faults.push(`${address}: ${error.message}`));
  tab.on("console", (message) => message.type() === "error" && faults.push(`${address}: ${message.text()}`));
  await tab.goto(address);
  return tab;
};

const picture = async (tab, name) => {
  if (PICTURES) await tab.screenshot({ path: join(PICTURES, name) });
};

/** Shows a part of the page until its impressions are viewable on the dashboard. */
const lookAt = async (selector, placement, viewable) => {
  await page.evaluate((selector) => document.querySelector(selector).scrollIntoView({ block: "center" }), selector);
  await until(`${viewable} of ${placement} are viewable on the dashboard`, async () => {
    await page.evaluate(() => eyeline.flush());
    const row = (await table(dashboard, "placements")).find((row) => row.Placement === placement);
    return Number(row?.Viewable) >= viewable;
  });
};

// One engine is enough here: what each of them measures is the other suites' subject.
describe("the demo", { skip: !ENGINES.includes("chromium") }, () => {
  before(async () => {
    up = await Up.start();
    browser = await puppeteer.launch({ executablePath: installed("chromium"), args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required"] });
    dashboard = await open(up.dashboard);
    page = await open(`${up.site}/?recs=bts`);
  });

  after(async () => {
    await browser?.close();
    await up?.stop();
  });

  test("nothing is sent before the visitor has chosen", async () => {
    await until("the SDK runs", () => page.evaluate(() => eyeline.stats?.().path === "wasm"));
    await until("cards are there", () => page.evaluate(() => document.querySelectorAll(".card").length >= 6));
    await picture(page, "page.png");
    await page.evaluate(() => eyeline.flush());
    assert.equal(await number(dashboard, "rendered"), 0);
  });

  test("what is looked at is viewable, and what is covered is not", async () => {
    await page.click('[data-choice="all"]');
    await lookAt(".hero", "hero", 1);
    await lookAt(".rail", "recs-top", 3);
    await lookAt(".clip", "video", 1);
    await lookAt(".covered", "video", 1);
    await lookAt(".rail ~ .rail", "recs-middle", 3);
    await lookAt(".feed", "feed", 4);
    const covered = (await table(dashboard, "placements")).find((row) => row.Placement === "covered");
    assert.deepEqual([covered.Rendered, covered.Viewable], ["1", "0"]);
  });

  test("a click leads to another page of the same visit, and a purchase counts", async () => {
    await page.evaluate(() => scrollTo(0, 0));
    await page.click(".rail .card a");
    await until("the item's page is shown", () => page.evaluate(() => location.pathname.startsWith("/item/") && document.querySelector(".buy")));
    await page.click(".buy");
    await lookAt(".detail", "related", 3);
    const [bought] = await until("the purchase is listed", async () => {
      const recent = await table(dashboard, "recent");
      return recent.some((row) => row.About === "basket") && recent;
    }).then((recent) => recent.filter((row) => row.About === "basket"));
    assert.equal(bought.Event, "convert");
    assert.ok((await number(dashboard, "clicks")) >= 1);
  });

  test("a page that refuses WebAssembly is measured by the other path", async () => {
    const strict = await open(`${up.site}/women?wasm=off`);
    await until("the script core runs", () => strict.evaluate(() => eyeline.stats?.().path === "js"));
    await until("its events are on the dashboard", async () => {
      await strict.evaluate(() => eyeline.flush());
      const path = (await table(dashboard, "paths")).find((row) => row.Path === "web-js");
      return Number(path?.Viewable) >= 1;
    });
    await strict.close({ runBeforeUnload: true });
  });

  test("the dashboard and the lake agree", async () => {
    await page.close({ runBeforeUnload: true });
    await until("everything has arrived and is loaded", async () => (await number(dashboard, "missing")) === 0 && (await isLoaded(dashboard)));
    await dashboard.bringToFront();
    const shown = {};
    for (const row of await table(dashboard, "placements")) shown[row.Placement] = [row.Rendered, row.Viewable, row.Clicks].map(Number);
    const sql = "SELECT placement_id AS placement, COUNT(rendered_ms) AS rendered, SUM(viewable) AS viewable, SUM(clicks) AS clicks FROM fct_impression GROUP BY placement_id";
    const rows = await up.rows(sql);
    assert.deepEqual(Object.fromEntries(rows.map(({ placement, rendered, viewable, clicks }) => [placement, [rendered, viewable, clicks]])), shown);
    const [{ events, lost }] = await up.rows("SELECT (SELECT COUNT(*) FROM events) AS events, (SELECT SUM(lost) FROM instances) AS lost");
    const paths = await table(dashboard, "paths");
    assert.equal(paths.reduce((sum, path) => sum + Number(path.Events.replaceAll(",", "")), 0), events);
    assert.equal(lost, 0);
    // The policy and its propensities came along, for honest ranking.
    const [{ told }] = await up.rows("SELECT COUNT(*) AS told FROM fct_impression WHERE placement_id = 'recs-top' AND variant = 'bts' AND model = 'bts' AND propensity > 0 AND request_id IS NOT NULL");
    assert.ok(told >= 3);
    await picture(dashboard, "dashboard.png");
  });

  test("no page complained", () => assert.deepEqual(faults, []));
});
