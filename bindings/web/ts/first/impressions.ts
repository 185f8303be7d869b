// One impression per watched element: when it is rendered, and how much of it shows.
import type { Start } from "../shared/port.ts";
import { whenIdle } from "./idle.ts";
import { read } from "./markup.ts";
import { now } from "./queue.ts";

export function measure(port: Start): void {
  const all: Start["all"] = (port.all = new Map());
  const els: Start["els"] = (port.els = []);
  const observers: Record<number, IntersectionObserver> = {};
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
    for (const { target, time, boundingClientRect, isIntersecting, intersectionRatio } of entries) {
      const watched = all.get(target);
      const { width, height } = boundingClientRect;
      if (watched) {
        if (!width || !height) port.boxless?.(target);
        else if (!watched.id && hasLoaded(target)) port.begin(watched, time);
        const fraction = isIntersecting && width && height ? intersectionRatio : 0;
        if (watched.id && (fraction || watched.fraction)) {
          watched.fraction = fraction;
          port.push([time, "visible", watched.id, fraction, width, height]);
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
        const share = what.rule ? what.rule.fraction : 0;
        watched.observer = observers[share] = observers[share] || new IntersectionObserver(sight, { threshold: [...SHARES, share].map(edge) });
        watched.observer.observe(el);
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
const edge = (share: number) => Math.max(0, Math.min(share, 1) - 0.00005);

/** Shares the MRC's rules ask for, and some between for the largest share seen. */
const SHARES = [0, 0.25, 0.3, 0.5, 0.75, 1];

const enum Limit {
  /** Elements settled at a stretch: about 1 ms. */
  Slice = 200,
  /** Ops waiting for the second part from which on no further elements are looked at. */
  Ops = 400,
}
