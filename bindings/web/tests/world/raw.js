// Reads back what the collector wrote: its raw files, one batch a line (core/schema/line-1-0-0.json).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/**
 * One event as it stands in a raw file, beside what its batch says once for all of them.
 * @typedef {{ k: string, n: number, dt: number, imp?: number, c?: string, pl?: string, inst: string, line: any } & Record<string, any>} RawEvent
 */

/** The raw files below a folder. Published files never change, so each is read once. */
export class RawFiles {
  #root;
  #read = new Map();

  constructor(root) {
    this.#root = root;
  }

  /** Every line there is by now, oldest file first. */
  lines() {
    for (const path of published(this.#root)) {
      if (!this.#read.has(path)) this.#read.set(path, parsed(path));
    }
    return [...this.#read.keys()].sort().flatMap((path) => this.#read.get(path));
  }
}

/** The events of lines, in the order they were written, copies included. */
export function eventsOf(lines) {
  return lines.flatMap((line) =>
    (line.b?.ev ?? []).map((event) => ({
      ...event,
      inst: line.b.inst,
      sdk: line.b.sdk,
      page: line.b.src?.page,
      mode: line.b.con?.mode,
      line,
    })),
  );
}

/** The (inst, n) that stand there more than once. */
export function copies(events) {
  const seen = new Set();
  return events.map((event) => `${event.inst}/${event.n}`).filter((key) => seen.has(key) || !seen.add(key));
}

/** One of each (inst, n), the first that was written: what the loader keeps. In the order they were captured. */
export function distinct(events) {
  const first = new Map();
  for (const event of events) {
    const key = `${event.inst}/${event.n}`;
    if (!first.has(key)) first.set(key, event);
  }
  return [...first.values()].sort((a, b) => (a.inst === b.inst ? a.n - b.n : a.line.b.t0 - b.line.b.t0));
}

/** The numbers missing below the highest of each instance: what was captured and did not arrive. */
export function gaps(events) {
  const highest = new Map();
  const present = new Set();
  for (const { inst, n } of events) {
    highest.set(inst, Math.max(highest.get(inst) ?? 0, n));
    present.add(`${inst}/${n}`);
  }
  const missing = [];
  for (const [inst, top] of highest) {
    for (let n = 1; n < top; n++) if (!present.has(`${inst}/${n}`)) missing.push(`${inst}/${n}`);
  }
  return missing;
}

/** Files in their hours; what lies in `.open` is still being written. */
function published(root) {
  const found = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(root, entry.name);
    if (entry.isDirectory()) found.push(...published(path));
    else if (entry.name.endsWith(".gz")) found.push(path);
  }
  return found;
}

function parsed(path) {
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
