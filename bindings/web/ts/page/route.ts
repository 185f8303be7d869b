// Page views of a single-page app: a changed path is a new page.
import type { Start } from "../shared/port.ts";
import { read } from "../first/markup.ts";
import { now } from "../first/queue.ts";
import { Chars, clean } from "../first/text.ts";
import type { Trees } from "./trees.ts";

/** Returns what tells of a new page outright. */
export function watchRoute(start: Start, trees: Trees, isOn: boolean): (path?: string) => void {
  const { site } = start.page;
  let shown = start.page.path;
  let settling: ReturnType<typeof setTimeout> | undefined;

  const arrive = (path = location.pathname) => {
    shown = clean(path, Chars.Path);
    // The core ends what was shown on the page before.
    for (const watched of start.all.values()) start.end(watched);
    start.push([now(), "page", site, shown, location.hostname]);
    clearTimeout(settling);
    settling = setTimeout(
      start.guard(() => {
        settling = undefined;
        trees.renew();
      }),
      SETTLE_MS,
    );
  };

  const look = start.guard(() => {
    if (clean(location.pathname, Chars.Path) != shown) arrive();
  });

  // What is touched in the meantime was there to be touched.
  const touched = start.guard((event: Event) => {
    if (!settling) return;
    for (const target of event.composedPath()) {
      const watched = start.all.get(target);
      const what = watched && !watched.id && (watched.said ?? read(watched.el));
      if (!what || !watched.what) continue;
      watched.what = { ...watched.what, ...what };
      start.begin(watched, now());
      watched.observer?.observe(watched.el);
    }
  });
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, touched, true);

  if (isOn) {
    const { navigation } = self as { navigation?: EventTarget };
    if (navigation) navigation.addEventListener("currententrychange", look);
    else {
      for (const name of ["pushState", "replaceState"] as const) {
        const change = history[name];
        history[name] = function (...args) {
          change.apply(this, args);
          look();
        };
      }
      addEventListener("popstate", look);
    }
    look();
  }
  return start.guard(arrive);
}

/** Ours: time for an app to take down the page before, so that only what stays is seen anew. */
const SETTLE_MS = 500;
