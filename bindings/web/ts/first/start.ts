// One start of measuring; the script tag and the npm package both begin here.
import type { Host, Start } from "../shared/port.ts";
import type { Settings } from "../shared/settings.ts";
import { whenIdle } from "./idle.ts";
import { measure } from "./impressions.ts";
import { sendAtLeave } from "./leave.ts";
import { now, openPort } from "./queue.ts";
import { watchRoots } from "./roots.ts";

/** Fetches the second part; called again when the page is shown again, if it failed. */
export type FetchHost = () => Promise<{ attach: (port: Start) => Promise<Host> }>;

/** `done` is never called where the second part can't be had: then the first script goes on alone. */
export function start(settings: Settings, fetchHost: FetchHost, done?: (host: Host) => void): Start {
  const port = openPort(settings);
  const on = (target: EventTarget, name: string, work: (event: any) => void) => target.addEventListener(name, port.guard(work));
  sendAtLeave(port);
  measure(port);

  let again: (() => void) | undefined;
  const load = () => {
    again = undefined;
    whenIdle(() =>
      fetchHost()
        .then((part) => part.attach(port))
        .then(done, () => (again = load)),
    );
  };
  const look = () => {
    port.push([now(), "active", !document.hidden]);
    if (document.hidden) port.leave();
    else again?.();
  };
  const begin = () => {
    look();
    on(document, "visibilitychange", look);
    on(self, "pagehide", (event) => port.leave(event));
    watchRoots(port);
    if (document.readyState == "complete") load();
    else on(self, "load", load);
  };
  // A page prepared behind the visitor's back shows nothing before it is activated.
  if ((document as { prerendering?: boolean }).prerendering) on(document, "prerenderingchange", begin);
  else begin();
  return port;
}
