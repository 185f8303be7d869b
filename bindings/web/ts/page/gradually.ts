// Work on many elements without holding up the page.
import { whenIdle } from "../first/idle.ts";

/** The first few at once, the others when the browser has time. */
export function gradually<T>(items: ArrayLike<T>, work: (item: T) => void, from = 0): void {
  const to = Math.min(from + SLICE, items.length);
  for (let i = from; i < to; i++) work(items[i]!);
  if (to < items.length) whenIdle(() => gradually(items, work, to));
}

/** Ours: about 1 ms of looking at elements. */
const SLICE = 500;
