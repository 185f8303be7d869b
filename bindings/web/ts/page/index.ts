// Completes the first script once the second part is here: all that observing a page takes but need not be there at once.
import type { Attach, Host, Port, Start } from "../shared/port.ts";
import { whenIdle } from "../first/idle.ts";
import { now } from "../first/queue.ts";
import { hearDenial, openHandle } from "./handle.ts";
import { watchPresence } from "./presence.ts";
import { watchRoute } from "./route.ts";
import { typed } from "./settings.ts";
import { watchTrees, type Trees } from "./trees.ts";

/** Rejects where the core can't be had; the first script then goes on alone, and may try again. */
export async function attachPage(start: Start, attach: Attach): Promise<Host> {
  const { all, els, t0 } = start;
  const settings = typed(start.settings);
  if (start.plain.n) {
    // What went out without the core stays without it: from here on all impressions are new.
    start.leave();
    for (const watched of all.values()) {
      start.end(watched);
      start.watch(watched.el);
    }
  }
  const port: Port = Object.assign(start, {
    settings,
    wall: (t: number) => t0.wall + t - t0.mono,
    el: (id: number) => els[id - 1],
    idOf: (el: Element) => all.get(el)?.id ?? 0,
  });
  const host = await attach(port);

  let trees: Trees | undefined;
  // A page that leaves and comes back in the meantime must not miss that.
  watchPresence(start, () => trees?.renew());
  // The core has just started: the page may draw before all of it is looked at.
  await new Promise<void>((resolve) => whenIdle(resolve));
  hearDenial(start);
  trees = watchTrees(start);
  start.observe = trees.observe;
  let moment: number | undefined;
  const arrive = watchRoute(start, trees, settings.spa!);
  const handle = (start.handle = openHandle(start, host, trees, arrive, () => moment ?? now()));
  for (const [t, method, ...args] of start.calls ?? []) {
    moment = t;
    (handle as any)[method]?.(...args);
  }
  moment = undefined;
  Object.assign(start.call ?? {}, handle);
  trees.renew();
  return host;
}
