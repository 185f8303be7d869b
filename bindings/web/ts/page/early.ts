// The handle of start() before the second part has come: its calls wait with their moments.
import type { Handle } from "../shared/handle.ts";
import type { Host, Start } from "../shared/port.ts";
import { now } from "../first/queue.ts";
import { tidy } from "./what.ts";

export function earlyHandle(start: Start, host: Promise<Host>): Handle {
  const calls = (start.calls ??= []);
  const later =
    (method: Exclude<keyof Handle, "flush" | "stats">) =>
    (...args: any[]) => {
      if (start.handle) (start.handle[method] as (...args: any[]) => void)(...args);
      else if (!start.stopped) calls.push([now(), method, ...args]);
    };
  const consent = later("consent");
  const impression = later("impression");
  return {
    impression(el, what) {
      const said = tidy(what);
      if (start.handle || !said) return impression(el, what);
      start.all.set(el, { ...(start.all.get(el) ?? { el, id: 0 }), said });
      start.watch(el);
    },
    serve: later("serve"),
    convert: later("convert"),
    page: later("page"),
    consent(choice) {
      // What is sent when the page is left before then must keep to it.
      start.consent = choice;
      consent(choice);
    },
    forget: later("forget"),
    flush: () => host.then((it) => it.flush()),
    stats: () => start.handle?.stats() ?? earlyStats(start),
    stop() {
      if (start.handle) return start.handle.stop();
      start.leave();
      start.stopped = true;
      void host.then((it) => it.stop());
    },
  };
}

function earlyStats({ ops, sentPlain, dropped }: Start) {
  const queued = ops.filter(([, kind]) => /^(render|click)$/.test(kind)).length;
  return { captured: queued + sentPlain + dropped, delivered: sentPlain, queued, lost: { queue_full: dropped }, path: "first" as const };
}
