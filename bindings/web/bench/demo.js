// The demo's media page on a processor that seems four times slower: its long tasks with and without the SDK, and our share in them.
import { setTimeout as pause } from "node:timers/promises";
import { open } from "./chrome.js";
import { Up } from "../tests/demo/up.js";

const THROTTLE = 4;
/** From here on a task is long (W3C Long Tasks). */
const LONG_MS = 50;
const RUNS = ["EvaluateScript", "FunctionCall", "TimerFire", "RunMicrotasks", "v8.compile", "v8.compileModule", "V8.GCScavenger"];

/** The main thread's tasks, longest first: { ms, ours }, in ms of CPU; ours is what ran in scripts of `/eyeline/` within. */
const tasksOf = (traceEvents) => {
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const mains = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(thread);
  const byThread = mains.map((main) => traceEvents.filter((event) => event.ph === "X" && thread(event) === main));
  const total = (events) => events.filter(({ name }) => name === "RunTask").reduce((sum, { tdur = 0 }) => sum + tdur, 0);
  const [events = []] = byThread.sort((a, b) => total(b) - total(a));
  const scripts = events.filter(({ name, args }) => RUNS.includes(name) && (args?.data?.url ?? args?.fileName ?? "").includes("/eyeline/")).sort((a, b) => a.ts - b.ts);
  return events
    .filter(({ name }) => name === "RunTask")
    .map((task) => {
      let end = 0;
      let ours = 0;
      for (const script of scripts) {
        // Nested calls are within the outer one's time.
        if (script.ts < task.ts || script.ts + script.dur > task.ts + task.dur || script.ts < end) continue;
        end = script.ts + script.dur;
        ours += script.tdur ?? 0;
      }
      return { ms: (task.tdur ?? 0) / 1000, ours: ours / 1000 };
    })
    .sort((a, b) => b.ms - a.ms);
};

const visit = async (browser, site, withSdk) => {
  const { page, close } = await open(browser, { throttle: THROTTLE });
  if (!withSdk) {
    await page.setRequestInterception(true);
    page.on("request", (request) => (request.url().includes("/eyeline/") ? request.abort() : request.continue()));
  }
  await page.tracing.start({ categories: ["disabled-by-default-devtools.timeline", "devtools.timeline", "v8", "__metadata"] });
  await page.goto(`${site}/?recs=bts`);
  await page.waitForSelector('[data-choice="all"]');
  await page.click('[data-choice="all"]');
  for (let y = 0; y < 6000; y += 300) {
    await page.evaluate((y) => scrollTo({ top: y, behavior: "smooth" }), y);
    await pause(500);
  }
  await page.evaluate(() => document.querySelector('nav a[href="/men"]').click());
  await pause(2000);
  const { traceEvents } = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
  await close();
  return tasksOf(traceEvents);
};

/** Two rows: without and with the SDK. */
export const demo = async (browser) => {
  const up = await Up.start();
  try {
    const rows = [];
    for (const [name, withSdk] of [["the page alone", false], ["with Eyeline", true]]) {
      const tasks = await visit(browser, up.site, withSdk);
      const ours = tasks.map((task) => task.ours);
      rows.push({
        name,
        long: tasks.filter(({ ms }) => ms > LONG_MS).length,
        longest: tasks[0].ms,
        oursLongest: Math.max(...ours),
        ours: ours.reduce((sum, ms) => sum + ms, 0),
      });
    }
    return rows;
  } finally {
    await up.stop();
  }
};
