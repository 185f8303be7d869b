// Whether something lies on top of an element, in browsers whose IntersectionObserver can't tell (version 2 can): five
// points of what shows are asked for when the core has something due, such as a rule about to be met.
import type { Id, Mono, Op } from "../shared/op.ts";
import type { Port } from "../shared/port.ts";

type Visible = Extract<Op, { 1: "visible" }>;

/** The first script's observer says it itself. */
const observerTells = "isVisible" in (globalThis.IntersectionObserverEntry?.prototype ?? {});

export class Covers {
  /** What shows of whom, by the observer, and when it was last seen clear. */
  private readonly _shown = new Map<Id, [op: Visible, clear: Mono]>();
  private readonly _covered = new Set<Id>();
  private readonly _isBlind = !observerTells && !reachesTop(window);

  constructor(private readonly _port: Port) {}

  /** What the core is told in place of `op`. */
  see(op: Op): Op {
    if (observerTells) return op;
    if (op[1] === "render") return this._isBlind ? [op[0], "render", op[2], { ...op[3], measurable: 0 }] : op;
    if (op[1] === "hide") this._forget(op[2]);
    if (op[1] !== "visible") return op;
    const [t, , id, fraction, width, height] = op;
    if (fraction > 0) this._shown.set(id, [op, t]);
    else this._forget(id);
    return this._covered.has(id) ? [t, "visible", id, 0, width, height] : op;
  }

  /** Looks at what shows, and returns what the core has to know before anything falls due. */
  look(now: Mono): Op[] {
    const found: Op[] = [];
    if (this._isBlind) return found;
    let left = LOOKS_MAX;
    for (const [id, seen] of this._shown) {
      const element = this._port.el(id);
      if (!element) {
        this._forget(id);
        continue;
      }
      if (!left--) break;
      const [[, , , fraction, width, height], clear] = seen;
      if (!isCovered(element)) {
        seen[1] = now;
        if (this._covered.delete(id)) found.push([now, "visible", id, fraction, width, height]);
      } else if (!this._covered.has(id)) {
        this._covered.add(id);
        // Nothing says since when: from where it was last seen clear, nothing counts.
        found.push([clear, "visible", id, 0, width, height]);
      }
    }
    return found;
  }

  private _forget(id: Id): void {
    this._shown.delete(id);
    this._covered.delete(id);
  }
}

const isCovered = (element: Element): boolean => {
  const view = element.ownerDocument.defaultView!;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const [x0, y0] = [Math.max(left, 0), Math.max(top, 0)];
  const [x1, y1] = [Math.min(right, view.innerWidth), Math.min(bottom, view.innerHeight)];
  let hidden = 0;
  for (const [a, b] of POINTS) if (isTopped(element, view, x0 + (x1 - x0) * a, y0 + (y1 - y0) * b)) hidden++;
  return hidden * 2 > POINTS.length;
};

/** Whether a stranger is on top of `element` at a point of its window, or on top of a frame it is in. */
const isTopped = (element: Element, view: Window, x: number, y: number): boolean => {
  let hit = element.ownerDocument.elementFromPoint(x, y);
  for (let inner; (inner = hit?.shadowRoot?.elementFromPoint(x, y)) && inner !== hit; ) hit = inner;
  if (hit && !isWithin(hit, element) && !isWithin(element, hit)) return true;
  const frame = view.frameElement;
  if (!frame) return false;
  const { left, top } = frame.getBoundingClientRect();
  return isTopped(frame, frame.ownerDocument.defaultView!, left + frame.clientLeft + x, top + frame.clientTop + y);
};

/** Shadow trees count as inside of their hosts. */
const isWithin = (inner: Node, outer: Node): boolean => {
  for (let node: Node | null | undefined = inner; node; node = node.parentNode ?? (node as ShadowRoot).host) {
    if (node === outer) return true;
  }
  return false;
};

/** Whether every frame above is of this origin: what lies over a frame of ours elsewhere nobody can ask for. */
const reachesTop = (view: Window): boolean => {
  try {
    return view === view.parent || (!!view.frameElement && reachesTop(view.parent));
  } catch {
    return false;
  }
};

const POINTS = [
  [0.5, 0.5],
  [0.2, 0.2],
  [0.8, 0.2],
  [0.2, 0.8],
  [0.8, 0.8],
] as const;
/** Ours: more elements than this at once are thumbnails; the first answers force the layout, the others are cheap. */
const LOOKS_MAX = 64;
