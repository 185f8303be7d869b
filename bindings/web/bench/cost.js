// What each tool costs the page: CPU of the main thread for an event, idle, scrolling and starting; requests and bytes.
import { setTimeout as pause } from "node:timers/promises";
import { longestTask, open, spent } from "./chrome.js";
import { load, put } from "./load.js";
import { EMPTY } from "./site.js";

const EVENTS = 100;

const loop = (page) =>
  page.evaluate(async (events) => {
    for (let i = 0; i < events; i += 1) {
      track(i);
      await new Promise((next) => setTimeout(next, 10));
    }
  }, EVENTS);

const scroll = (page, ms) =>
  page.evaluate((ms) => new Promise((done) => {
    const begun = performance.now();
    const step = (now) => {
      scrollTo(0, (now - begun) / 3);
      if (now - begun < ms) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  }), ms);

/** CPU of the main thread while `work` ran. */
const during = async (cdp, work) => {
  const before = await spent(cdp);
  await work();
  return (await spent(cdp)).task - before.task;
};

/** Loading, starting, and the first second after: of nothing, or of watching 30 cards. */
const init = async (browser, url, how, throttle) => {
  const tab = await open(browser, { throttle });
  await tab.page.goto(url);
  await pause(1000);
  const ms = await during(tab.cdp, async () => {
    await load(tab.page, how);
    await pause(900);
  });
  return { ms, ...tab };
};

/** One run of one tool: every figure of its row, the page's own share still in it. */
export const cost = async (browser, tool, stage) => {
  const how = await put(tool, stage);
  const { site, sink } = stage;
  const [url, empty] = [site.page("/bench", ""), site.put("/empty", EMPTY)];
  const row = {};

  for (const [name, path, throttle] of [
    ["start", empty, 1],
    ["startSlow", empty, 4],
    ["initSlow", url, 4],
  ]) {
    const { ms, close } = await init(browser, path, how, throttle);
    row[name] = ms;
    await close();
  }

  const { page, cdp, ms, close } = await init(browser, url, how, 1);
  row.init = ms;
  await pause(3000);
  sink.clear();
  row.events = await during(cdp, async () => {
    await loop(page);
    // Long enough for every tool's own interval of sending.
    await pause(12_000);
  });
  const posts = sink.posts();
  const sent = tool.ours ? sink.events().length : EVENTS;
  row.requests = posts.length;
  row.bytes = posts.reduce((sum, post) => sum + post.bytes, 0) / sent;
  row.idle = await during(cdp, () => pause(10_000));
  row.scroll = await during(cdp, () => scroll(page, 6000));
  await close();

  const traced = await open(browser);
  await traced.page.goto(url);
  await pause(1000);
  row.longest = await longestTask(traced.page, async () => {
    await load(traced.page, how);
    await pause(1500);
    await loop(traced.page);
    await pause(1500);
  });
  await traced.close();
  return row;
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The median of each figure over the runs of a tool. */
export const medians = (runs) => Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]));

/** A tool's figures without the page's own. */
export const net = (row, alone) => ({
  event: Math.max(0, row.events - alone.events) / EVENTS,
  requests: row.requests,
  bytes: row.bytes,
  idle: row.idle,
  scroll: row.scroll,
  start: Math.max(0, row.start - alone.start),
  startSlow: Math.max(0, row.startSlow - alone.startSlow),
  init: Math.max(0, row.init - alone.init),
  initSlow: Math.max(0, row.initSlow - alone.initSlow),
  longest: row.longest,
});
