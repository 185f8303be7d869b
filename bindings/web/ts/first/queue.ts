// The queue of ops before the second part has come.
import type { PageView, Start } from "../shared/port.ts";
import type { Settings } from "../shared/settings.ts";
import { Chars, clean } from "./text.ts";

export const now = (): number => performance.now();

export function openPort(settings: Settings, page = pageNow(settings)): Start {
  const port = {
    settings,
    t0: { mono: now(), wall: Date.now() },
    page,
    ops: [],
    sentPlain: 0,
    dropped: 0,
    push(op) {
      if (port.sink) port.sink(op);
      else if (port.ops.push(op) > Limit.Ops) {
        // The oldest report of what shows, or else the newcomer.
        const report = port.ops.findIndex(([, kind]) => kind == "visible");
        if (report < 0) port.dropped++;
        port.ops.splice(report, 1);
      }
    },
    guard:
      (work) =>
      (...args) => {
        try {
          if (!port.stopped) work(...args);
        } catch {
          // Nobody's page is to fail because of us.
        }
      },
  } as Partial<Start> as Start;
  return port;
}

const enum Limit {
  /** Ours: some minutes of a busy page, and 100 KB of memory. */
  Ops = 1_000,
}

const pageNow = (settings: Settings): PageView => ({
  site: clean(settings.site || location.hostname),
  path: clean(location.pathname, Chars.Path),
  referrer: document.referrer.split("/")[2] || "",
});
