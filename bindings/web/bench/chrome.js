// Chromium, driven so that a page runs as it does for a person, and its main thread can be measured.
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** Nothing but this machine is reached. Without the automation flag tools that drop what looks like a robot's events count as for anybody. */
const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
  ...["--disable-sync", "--disable-blink-features=AutomationControlled", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"],
];

export const launch = async () => {
  const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync);
  if (!executablePath) throw new Error("no Chromium: install it, or name it in CHROMIUM");
  return puppeteer.launch({ executablePath, args: ARGS, ignoreDefaultArgs: ["--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"] });
};

/** A tab in a profile of its own, with its own process. */
export const open = async (browser, { throttle = 1 } = {}) => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  await page.setUserAgent({ userAgent: (await browser.userAgent()).replace("Headless", "") });
  const cdp = await page.createCDPSession();
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  if (throttle > 1) await cdp.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  return { page, cdp, close: () => context.close() };
};

/** Ms of CPU that the main thread has spent in tasks, and in scripts among them. */
export const spent = async (cdp) => {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name) => 1000 * metrics.find((metric) => metric.name === name).value;
  return { task: of("TaskDuration"), script: of("ScriptDuration") };
};

/** The tasks of the page's main thread while `work` ran: { ms, within }, ms of CPU, and the traced events within. */
export const tracedTasks = async (page, categories, work) => {
  await page.tracing.start({ categories });
  await work();
  const { traceEvents } = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const mains = new Map(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map((event) => [thread(event), []]));
  for (const event of traceEvents) if (event.ph === "X") mains.get(thread(event))?.push(event);
  const tasksOf = (events) => {
    events.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    const tasks = [];
    for (const event of events) {
      if (event.name === "RunTask") tasks.push({ ms: (event.tdur ?? 0) / 1000, within: [] });
      else tasks.at(-1)?.within.push(event);
    }
    return tasks;
  };
  // A browser keeps a spare renderer: the page is in the one that worked.
  const total = (tasks) => tasks.reduce((sum, { ms }) => sum + ms, 0);
  const [tasks] = [...mains.values()].map(tasksOf).sort((a, b) => total(b) - total(a));
  return tasks;
};

/** The longest task of the page's main thread while `work` ran, in ms of CPU. */
export const longestTask = async (page, work) => {
  const tasks = await tracedTasks(page, ["disabled-by-default-devtools.timeline", "__metadata"], work);
  return Math.max(0, ...tasks.map(({ ms }) => ms));
};
