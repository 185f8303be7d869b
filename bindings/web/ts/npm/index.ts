// The npm package: one start a page, and a handle that can be used from the first line on, on a server too.
import { now } from "../first/queue.ts";
import { start as begin } from "../first/start.ts";
import type { Conversion, Handle } from "../shared/handle.ts";
import type { Rule, What } from "../shared/op.ts";
import type { Call, Start, Stats } from "../shared/port.ts";
import type { ConsentChoice, Settings } from "../shared/settings.ts";

export { attributes } from "./attributes.ts";
export type { ConsentChoice, Conversion, Handle, Rule, Settings, Stats, What };

declare const __VERSION__: string;

/** Calls from before there was a start, each with its moment. */
let early: Call[] = [];
let port: Start | undefined;
let flushes: ((delivered: Promise<boolean>) => void)[] = [];

/**
 * Starts measuring the page. A second start, such as React's in its strict mode, changes nothing before {@link Handle.stop}.
 * On a server nothing happens. Never throws.
 */
export function start(settings: Settings): Handle {
  if (isPage() && !port) {
    try {
      const { core } = settings;
      const fetchHost = () => {
        if (started.stopped) return Promise.reject();
        return core ? import(/* @vite-ignore */ /* webpackIgnore: true */ `${core}/eyeline-core-${__VERSION__}.js`) : import("../host/index.ts");
      };
      const started = begin(settings, fetchHost, (host) => flushes.splice(0).forEach((tell) => tell(host.flush())));
      port = started;
      port.calls = early;
      early = [];
    } catch (error) {
      if (settings.debug) console.warn("eyeline:", error);
    }
  }
  return eyeline;
}

const isPage = () => typeof document !== "undefined";

/** Goes to what runs; waits where nothing does yet. */
const call =
  (method: Exclude<keyof Handle, "flush" | "stats" | "stop">) =>
  (...args: unknown[]): void => {
    const waiting = port ? port.calls : early;
    if (port?.handle) (port.handle[method] as (...args: unknown[]) => void)(...args);
    else if (isPage() && waiting && waiting.length < EARLY_MAX) waiting.push([now(), method, ...args]);
    if (method === "consent" && port) port.consent = args[0] as ConsentChoice;
  };

/** The running start's handle. Calls made before the start wait for it. */
export const eyeline: Handle = {
  impression: call("impression"),
  serve: call("serve"),
  convert: call("convert"),
  page: call("page"),
  consent: call("consent"),
  forget: call("forget"),
  flush: () => port?.handle?.flush() ?? (isPage() ? new Promise((tell) => flushes.push(tell)) : Promise.resolve(false)),
  stats: () => {
    const { sentPlain = 0, ops = [], dropped = 0 } = port ?? {};
    return port?.handle?.stats() ?? { captured: sentPlain, delivered: sentPlain, queued: ops.length, lost: { queue_full: dropped }, path: "first" };
  },
  stop() {
    port?.handle?.stop();
    if (port) port.stopped = true;
    port = undefined;
  },
};

/** Ours: more calls than this before a start mean that there will be none. */
const EARLY_MAX = 1_000;
