// Where the main thread's time goes while ours starts, by what each task is there for: on a page without content, and with 30 cards.
import { setTimeout as pause } from "node:timers/promises";
import { open, tracedTasks } from "./chrome.js";
import { load, put } from "./load.js";
import { EMPTY } from "./site.js";

const CATEGORIES = ["disabled-by-default-devtools.timeline", "devtools.timeline", "v8", "v8.wasm", "disabled-by-default-v8.wasm.detailed", "IndexedDB", "blink", "loading", "__metadata"];
const RUNS = 7;

/** What a task is there for: the first of these that something within it matches. */
const KINDS = [
  ["the first script runs", ({ name, args }) => name === "EvaluateScript" && args.data?.url?.endsWith("eyeline.js")],
  ["the second part is asked for, comes, is evaluated and asks for the engine", ({ name, args }) => /ompileModule|valuateModule/.test(name) || (name.endsWith("requestResource") && /eyeline-core/.test(args.url))],
  ["the engine comes, is read and instantiated", ({ name }) => name.startsWith("v8.wasm") || /^wasm\.(Sync|Instance|FinishAsync)/.test(name)],
  ["the engine starts; its first calls", ({ name }) => name === "wasm.CompileLazy"],
  ["IndexedDB", ({ name }) => name.startsWith("IDB")],
  ["idle callbacks: watching, ops, sending", ({ name }) => name === "FireIdleCallback"],
  ["garbage collection", ({ name }) => name === "MinorGC"],
  ["frames and observers", ({ name }) => /BeginMainFrame|computeIntersections|UpdateLifecycle/.test(name)],
];
const REST = "other tasks: answers of locks and requests, timers";
const ALONE = "not counted above: such tasks of a page without a tool, the test's own among them";
const LAZY = "in all of these: compiling the engine's functions when first called";

const visit = async (browser, url, how) => {
  const { page, close } = await open(browser);
  await page.goto(url);
  await pause(1000);
  const tasks = await tracedTasks(page, CATEGORIES, async () => {
    await load(page, how);
    await pause(900);
  });
  await close();
  const found = new Map([...KINDS.map(([kind]) => kind), REST, LAZY].map((kind) => [kind, 0]));
  for (const { ms, within } of tasks) {
    const [kind] = KINDS.find(([, is]) => within.some(is)) ?? [REST];
    found.set(kind, found.get(kind) + ms);
    for (const { name, tdur = 0 } of within) if (name === "wasm.CompileLazy") found.set(LAZY, found.get(LAZY) + tdur / 1000);
  }
  return found;
};

/** [{ what, empty, cards }]: medians in ms. What a page without a tool does is in the rest, and said last. */
export const split = async (browser, { ours, alone }, stage) => {
  const pages = { empty: stage.site.put("/empty", EMPTY), cards: stage.site.page("/bench", "") };
  const rows = { empty: [], cards: [] };
  for (let run = 0; run < RUNS; run += 1) {
    for (const [name, url] of Object.entries(pages)) {
      const found = await visit(browser, url, await put(ours, stage));
      const without = await visit(browser, url, await put(alone, stage));
      rows[name].push(found.set(REST, found.get(REST) - without.get(REST)).set(ALONE, without.get(REST)));
    }
  }
  const median = (visits, kind) => visits.map((found) => found.get(kind)).sort((a, b) => a - b)[RUNS >> 1];
  return [...rows.empty[0].keys()].map((what) => ({ what, empty: median(rows.empty, what), cards: median(rows.cards, what) }));
};
