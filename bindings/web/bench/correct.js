// Where measuring goes wrong: a tab nobody looks at, a page not yet shown, two tabs after an outage, a renderer that dies.
import { setTimeout as pause } from "node:timers/promises";
import { open } from "./chrome.js";
import { load, put } from "./load.js";

const MARKS = 6;
const marks = (tab) => Array.from({ length: MARKS }, (_, i) => `mark-${tab}-${i}`);
const NOT_MEASURED = "–";

/** How often each mark stands in what was taken. Where a tool posts base64 its text is decoded first. */
const taken = (sink) => {
  const text = sink.posts().filter((post) => post.taken).map(({ text }) => decoded(text)).join("\n");
  const found = text.match(/mark-[a-z]-\d+/g) ?? [];
  return { distinct: new Set(found).size, all: found.length };
};

const decoded = (text) => (text.startsWith("data=") ? Buffer.from(decodeURIComponent(text.slice(5)), "base64").toString() : text);

/** 0.6 s in front, 3 s behind another tab, again and again: no card is ever in view for a second without a break. */
const hiddenTab = async (browser, tool, how, { site, sink }) => {
  if (!tool.ours && !tool.entry.startsWith("snowplow")) return NOT_MEASURED;
  const { page, close } = await open(browser);
  await page.goto(site.page("/hidden", ""));
  await load(page, how);
  const other = await page.browserContext().newPage();
  for (let turn = 0; turn < 3; turn += 1) {
    await pause(3000);
    await page.bringToFront();
    await pause(600);
    await other.bringToFront();
  }
  await pause(12_000);
  const counted = tool.ours ? sink.events().filter(({ k }) => k === "viewable").length : exposures(sink);
  await close();
  return counted;
};

/** Exposures that Snowplow reports: self-describing events, as JSON in `ue_pr` or base64 in `ue_px`. */
const exposures = (sink) => {
  const events = sink.posts().flatMap(({ text }) => {
    try {
      return JSON.parse(text).data ?? [];
    } catch {
      return [];
    }
  });
  const described = ({ ue_pr, ue_px }) => ue_pr ?? Buffer.from(ue_px ?? "", "base64url").toString();
  return events.filter((event) => described(event).includes("expose_element")).length;
};

/** Posts from a page that the browser has prepared and nobody has opened. */
const prerender = async (browser, how, { site, sink }) => {
  const tag = tagOf(how);
  site.page("/prepared", tag);
  const rules = JSON.stringify({ prerender: [{ urls: ["/prepared"], eagerness: "immediate" }] });
  // In a private profile Chromium prepares nothing, so this page is in the browser's own.
  const page = await browser.newPage();
  const prepared = new Promise((done) => site.once("/prepared", done));
  await page.goto(site.page("/before", `<script type="speculationrules">${rules}</script>`));
  await prepared;
  await pause(6000);
  const posts = sink.posts().length;
  await page.close();
  return posts;
};

/** Two tabs track while the server is out; it comes back: what arrived, and how often. */
const outage = async (browser, how, { site, sink }) => {
  const { page, close } = await open(browser);
  const url = site.page("/tabs", "");
  const second = await page.browserContext().newPage();
  const tabs = [page, second];
  for (const tab of tabs) {
    await tab.bringToFront();
    await tab.goto(url);
    await load(tab, how);
    await pause(1500);
  }
  sink.clear();
  sink.out = true;
  await page.evaluate((names) => names.forEach((name) => mark(name)), marks("a"));
  await second.evaluate((names) => names.forEach((name) => mark(name)), marks("b"));
  await pause(12_000);
  sink.out = false;
  // Tools try again when the next event comes, or by themselves.
  await page.evaluate(() => mark("after"));
  await second.evaluate(() => mark("after"));
  await pause(25_000);
  const { distinct, all } = taken(sink);
  await close();
  return `${distinct} of ${2 * MARKS}, ${all - distinct} twice`;
};

/** Five cards stand on the page for a while that the page times itself; the largest difference to what was reported, in ms. */
const dwell = async (browser, tool, how, { site, sink }) => {
  if (!tool.ours) return NOT_MEASURED;
  const { page, close } = await open(browser);
  await page.goto(site.page("/dwell", ""));
  await load(page, how);
  await pause(1500);
  const shown = await page.evaluate(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const times = {};
    for (let i = 0; i < 5; i += 1) {
      const card = Object.assign(document.createElement("div"), { className: "card" });
      card.dataset.eyelineContent = `timed-${i}`;
      card.dataset.eyelinePlacement = "timed";
      card.style.cssText = "position:fixed;top:0;left:0;width:300px;height:200px;z-index:9";
      document.body.append(card);
      const from = await frame();
      await new Promise((next) => setTimeout(next, 1400 + 300 * i));
      const to = await frame();
      card.remove();
      times[`timed-${i}`] = to - from;
    }
    await eyeline.flush?.();
    return times;
  });
  await pause(12_000);
  const reported = (content) => Math.max(-1, ...sink.events().filter(({ k, c }) => k === "dwell" && c === content).map(({ vis }) => vis));
  const worst = Math.max(...Object.entries(shown).map(([content, ms]) => Math.abs(reported(content) - ms)));
  await close();
  return `${Math.round(worst)} ms`;
};

/** The renderer dies 1.5 s after events were tracked: what arrived. */
const crash = async (browser, how, { site, sink }) => {
  const { page, close } = await open(browser);
  await page.goto(site.page("/crash", ""));
  await load(page, how);
  await pause(2500);
  await page.evaluate((names) => names.forEach((name) => mark(name)), marks("c"));
  await pause(1500);
  const session = await page.createCDPSession();
  const died = new Promise((done) => page.once("error", done));
  session.send("Page.crash").catch(() => {});
  await died;
  await pause(5000);
  const { distinct } = taken(sink);
  await close();
  return `${distinct} of ${MARKS}`;
};

/** A tag that loads a tool with the page itself, for pages that a script can't reach into. */
const tagOf = ({ src, data, sink }) => {
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${value}"`).join("");
  return `<script src="${src}"${attributes}></script>${data.key ? "" : `<script>bench.start(${JSON.stringify(sink)})</script>`}`;
};

/** One row of the table. */
export const correct = async (browser, tool, stage) => {
  const how = await put(tool, stage);
  const found = {};
  const step = async (name, work) => {
    stage.sink.clear();
    found[name] = await work();
  };
  await step("viewables of a tab never 1 s in front", () => hiddenTab(browser, tool, how, stage));
  await step("posts while prerendered", () => prerender(browser, how, stage));
  await step("two tabs after an outage", () => outage(browser, how, stage));
  await step("dwell error", () => dwell(browser, tool, how, stage));
  await step("renderer crash, delivered", () => crash(browser, how, stage));
  return found;
};
