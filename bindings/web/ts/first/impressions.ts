// One impression per watched element: when it is rendered, and how much of it shows.
import type { Start } from "../shared/port.ts";
import { whenIdle } from "./idle.ts";
import { read } from "./markup.ts";
import { now } from "./queue.ts";

export function measure(port: Start): void {
  const all: Start["all"] = (port.all = new Map());
  const els: Start["els"] = (port.els = []);
  const observers: Record<string, IntersectionObserver> = {};
  const todo = new Set<Element>();
  let scheduled: unknown;

  port.begin = (watched, t) => {
    watched.id = els.push(watched.el);
    port.push([t, "render", watched.id, watched.what!]);
  };

  port.end = (watched, why) => {
    const { el, id, observer } = watched;
    if (why && id) port.push([now(), "hide", id, why]);
    watched.id = 0;
    delete els[id - 1];
    if (observer) observer.unobserve(el);
  };

  const sight = port.guard((entries: IntersectionObserverEntry[]) => {
    for (const entry of entries) {
      const watched = all.get(entry.target);
      const { width, height } = entry.boundingClientRect;
      if (watched) {
        // A box without area is all there as soon as it touches the viewport, by the specification: yet nothing shows.
        const hasArea = width * height > 0;
        const fraction = hasArea && entry.isIntersecting ? entry.intersectionRatio : 0;
        if (!hasArea) port.boxless?.(watched.el);
        else if (!watched.id && hasLoaded(watched.el)) port.begin(watched, entry.time);
        if (watched.id && (fraction || watched.fraction)) {
          watched.what!.seen = watched.what!.seen || entry.time;
          port.push([entry.time, "visible", watched.id, (watched.fraction = fraction), width, height]);
        }
      }
    }
  });

  const settle = port.guard((el: Element) => {
    const watched = all.get(el);
    const what = watched && !watched.id && (watched.said || read(el));
    if (what) {
      what.rule = what.rule || port.settings.rule!;
      what.measurable = self.IntersectionObserver ? 1 : 0;
      watched.what = what;
      port.end(watched);
      if (!what.measurable) port.begin(watched, now());
      else {
        // In a frame only the implicit root is what the visitor sees; elsewhere a named one costs Chromium a third.
        const root = self == top && el.ownerDocument == document ? document : null;
        const share = what.rule ? what.rule.fraction : 0;
        const kind = [share, root] as never;
        const observer = observers[kind] || new IntersectionObserver(sight, { root, threshold: [...SHARES, share].map(edge) });
        (watched.observer = observers[kind] = observer).observe(el);
      }
    }
  });

  const drain = (): void => {
    scheduled = 0;
    // A huge page waits for the second part rather than lose what does not fit the queue.
    if (port.sink || port.ops.length < Limit.Ops) {
      [...todo].slice(0, Limit.Slice).forEach((el) => {
        todo.delete(el);
        settle(el);
      });
      if (todo.size) scheduled = whenIdle(drain);
    }
  };

  port.watch = (el) => {
    all.set(el, all.get(el) || { el, id: 0 });
    todo.add(el);
    scheduled = scheduled || Promise.resolve().then(drain);
  };
}

/** An image that is all there is to see counts once it has loaded; one beside text does not hold the text up. */
function hasLoaded(el: Element): boolean {
  const image = el.localName == "img" ? el : el.querySelector("img");
  return !image || (image as HTMLImageElement).complete || !!el.textContent!.trim();
}

/** Where the core begins to round up to this share (it counts in 1/10,000): the observer tells on the same side of it. */
const edge = (share: number) => Math.max(0, share - 0.00005);

/** Shares the MRC's rules ask for, and some between for the largest share seen. */
const SHARES = [0, 0.25, 0.3, 0.5, 0.75, 1];

const enum Limit {
  /** Elements settled at a stretch: about 1 ms. */
  Slice = 200,
  /** Ops waiting for the second part from which on no further elements are looked at. */
  Ops = 400,
}
