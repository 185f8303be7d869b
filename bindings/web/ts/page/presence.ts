// Whether somebody is there: the window in focus, a hand on the mouse; and a page that comes back from the back/forward cache.
import type { Start } from "../shared/port.ts";
import { now } from "../first/queue.ts";

/** `back`: the page came back. */
export function watchPresence(start: Start, back: () => void): void {
  let isFocused = true;
  let acted = -Infinity;

  const on = (target: EventTarget, names: string, heard: (event: any) => void, capture = false) => {
    for (const name of names.split(" ")) target.addEventListener(name, start.guard(heard), { capture, passive: true });
  };

  const focus = (is: boolean) => {
    if (is == isFocused) return;
    isFocused = is;
    start.push([now(), "active", is && document.visibilityState == "visible"]);
  };

  on(self, "focus", () => focus(true));
  // A frame of ours may have the focus; and a frame's own window hardly ever has it.
  on(self, "blur", () => focus(self != top || document.hasFocus()));
  // The first script tells that the page is visible; it was brought to the front, then.
  on(document, "visibilitychange", () => (isFocused = true));

  on(
    document,
    "pointermove pointerdown touchmove wheel scroll keydown",
    ({ type, target, isTrusted }: Event) => {
      const t = now();
      // Carousels scroll by themselves; pages hardly do.
      if (t - acted < ACTIVITY_MS || !isTrusted || (type == "scroll" && target != document)) return;
      acted = t;
      focus(true);
      start.push([t, "activity"]);
    },
    true,
  );

  const { leave } = start;
  start.leave = (event) => {
    // What a page shows when it comes back is shown anew.
    if (event?.persisted) for (const watched of start.all.values()) start.end(watched, "bfcache");
    leave();
  };
  on(self, "pageshow", ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    isFocused = true;
    start.push([now(), "resume"]);
    start.push([now(), "active", document.visibilityState == "visible"]);
    back();
  });
}

/** Ours: engaged time is told in steps of 5 s. */
const ACTIVITY_MS = 1_000;
