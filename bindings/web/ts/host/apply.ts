// One op of the page as one call of the core.
import type { Id, Op, Rule, What } from "../shared/op.ts";
import type { Core } from "./surface.ts";

/** The core's numbers of the impressions that live, by the page's. */
export type Live = Map<Id, number>;

/** `m` and `w`: the op's own moment, on both clocks. False where it concerns an impression the core does not know. */
export const apply = (core: Core, op: Op, m: number, w: number, live: Live, rule?: Rule): boolean | void => {
  switch (op[1]) {
    case "render": {
      const what = op[3];
      const { name = "", fraction = 0, ms = 0 } = what.rule ?? rule ?? {};
      const imp = core.render(m, w, ...chosen(what), name, fraction, ms, what.variant ?? "");
      if (imp) live.set(op[2], imp);
      return;
    }
    case "serve":
      return core.serve(m, w, ...chosen(op[2]));
    case "convert":
      return core.convert(m, w, op[2], op[3], op[4], op[5]);
    case "page":
      live.clear();
      return core.page(m, w, op[2], op[3], op[4]);
    case "active":
      return core.active(m, w, op[2]);
    case "activity":
      return core.activity(m, w);
    case "gpc":
      return core.gpc(m, w, op[2]);
    case "forget":
      live.clear();
      return core.forget(m, w);
    case "leave":
      return core.background(m, w);
    case "flush":
      return core.flush(m, w);
    case "consent":
      return core.consent(m, w, op[2]);
    case "resume":
      return;
  }
  const imp = live.get(op[2]);
  if (!imp) return false;
  switch (op[1]) {
    case "visible":
      return core.visible(m, w, imp, op[3], op[4], op[5]);
    case "click":
      return core.click(m, w, imp, op[3], op[4]);
    case "media":
      return core.media(m, w, imp, op[3], op[4], op[5], op[6], op[7]);
    case "hide":
      live.delete(op[2]);
      return core.hide(m, w, imp, op[3]);
  }
};

/** What chose the content, in the order both `render` and `serve` take it. */
const chosen = (what: What) => {
  const { content, placement, position = -1, request = "", model = "", propensity = NaN, measurable = 1 } = what;
  const flags = measurable | (what.exploration ? EXPLORATION : 0) | (what.video ? VIDEO : 0);
  return [content, placement, position, request, model, propensity, flags] as const;
};

const EXPLORATION = 2;
const VIDEO = 4;
