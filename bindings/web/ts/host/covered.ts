// Whether something lies on top of an element. Five points of what shows are asked for when the core has something due,
// such as a rule about to be met; where the observer itself sees covers (IntersectionObserver v2), only of what it suspects.
import type { Id, Mono, Op } from "../shared/op.ts";
import { guarded } from "./guard.ts";
import type { Port } from "../shared/port.ts";

type Visible = Extract<Op, { 1: "visible" }>;
/** What shows by the first script's observer, when it was last seen clear, and whether something may lie on top. */
type Shown = { op: Visible; clear: Mono; covered?: boolean; suspect: boolean; element: Element };

export class Covers {
  private readonly _shown = new Map<Id, Shown>();
  private readonly _observer = observer((entry: IntersectionObserverEntry) => {
    const shown = this._shown.get(this._port.idOf(entry.target));
    if (shown && entry.isIntersecting) {
      // A sticky bar that touches a corner is enough for it: look closer, at once.
      shown.suspect = !(entry as { isVisible?: boolean }).isVisible;
      if (shown.suspect !== !!shown.covered) this._changed();
    }
  });
  /** Nothing tells: a frame in somebody else's page, without the observer. */
  private readonly _isBlind = !reachesTop(window) && !this._observer;

  /** Something is covered, and nobody will say when it no longer is: it has to be looked at again. */
  waits = false;

  constructor(
    private readonly _port: Port,
    private readonly _changed: () => void,
  ) {}

  /** What the core is told in place of `op`. */
  see(op: Op): Op {
    if (op[1] === "render") return this._isBlind ? [op[0], "render", op[2], { ...op[3], measurable: 0 }] : op;
    if (op[1] === "hide") this._forget(op[2]);
    if (op[1] !== "visible") return op;
    const [t, , id, fraction, width, height] = op;
    const shown = this._shown.get(id);
    const element = this._port.el(id);
    if (!fraction || !element) this._forget(id);
    else if (shown) shown.op = op;
    else {
      this._shown.set(id, { op, clear: t, suspect: !this._observer, element });
      this._observer?.observe(element);
    }
    return shown?.covered && fraction ? [t, "visible", id, 0, width, height] : op;
  }

  /** Looks at what shows, and returns what the core has to know before anything falls due. */
  look(now: Mono): Op[] {
    const found: Op[] = [];
    let left = LOOKS_MAX;
    this.waits = false;
    if (!this._isBlind) {
      for (const [id, shown] of this._shown) {
        const [, , , fraction, width, height] = shown.op;
        if (!shown.element.isConnected) this._forget(id);
        else if (shown.suspect && left-- <= 0) continue;
        else if (!shown.suspect || !isCovered(shown.element)) {
          shown.clear = now;
          if (shown.covered) found.push([now, "visible", id, fraction, width, height]);
          shown.covered = false;
        } else if (!shown.covered) {
          shown.covered = true;
          // Nothing says since when: from where it was last seen clear, nothing counts.
          found.push([shown.clear, "visible", id, 0, width, height]);
        }
        this.waits ||= !this._observer && !!shown.covered;
      }
    }
    return found;
  }

  private _forget(id: Id): void {
    const shown = this._shown.get(id);
    if (shown) this._observer?.unobserve(shown.element);
    this._shown.delete(id);
  }
}

/** An observer that sees covers, where the browser has one. */
const observer = (changed: (entry: IntersectionObserverEntry) => void): IntersectionObserver | undefined =>
  "isVisible" in (globalThis.IntersectionObserverEntry?.prototype ?? {})
    ? new IntersectionObserver(guarded((entries: IntersectionObserverEntry[]) => entries.forEach(changed)), { trackVisibility: true, delay: 100 } as IntersectionObserverInit)
    : undefined;

/** Whether strangers are on top of most of what shows. */
const isCovered = (element: Element): boolean => {
  // A hit test finds what is transparent, too.
  if (element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) === false) return true;
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
  // Over the border of somebody else's page only the observer sees, and it suspects something.
  if (!frame) return view !== view.parent;
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
const reachesTop = (view: Window): boolean => view === view.parent || (!!view.frameElement && reachesTop(view.parent));

const POINTS = [
  [0.5, 0.5],
  [0.2, 0.2],
  [0.8, 0.2],
  [0.2, 0.8],
  [0.8, 0.8],
] as const;
/** Ours: more elements than this at once are thumbnails; the first one forces the layout, the others are cheap. What is over is looked at when others have gone. */
const LOOKS_MAX = 64;
