// One op of the page as one call of the core.
import type { Id, Op, Rule, What } from "../shared/op.ts";
import type { Value } from "./message.ts";
import type { Method } from "./surface.ts";

/** The core's numbers of the impressions that live, by the page's. */
export type Live = Map<Id, number>;

/** Calls the core at the op's own moment. */
export type Call = (method: Method, ...args: Value[]) => any[];

/** False where the op concerns an impression the core does not know. */
export const apply = (op: Op, call: Call, live: Live, rule?: Rule): boolean => {
  const [, kind, subject, ...rest] = op as [number, Op[1], any, ...any[]];
  switch (kind) {
    case "render": {
      const what = rest[0] as What;
      const { name = "", fraction = 0, ms = 0 } = what.rule ?? rule ?? {};
      const [imp] = call("render", ...chosen(what), name, fraction, ms, what.variant ?? "");
      if (imp) live.set(subject, imp);
      return true;
    }
    case "serve":
      call("serve", ...chosen(subject));
      return true;
    case "visible":
    case "click":
    case "media":
    case "hide": {
      const imp = live.get(subject);
      if (imp) call(kind, imp, ...rest);
      if (kind === "hide") live.delete(subject);
      return !!imp;
    }
    case "leave":
      call("background");
      return true;
    case "resume":
      return true;
    case "page":
    case "forget":
      // What was shown has ended with it.
      live.clear();
  }
  call(kind, ...(op.slice(2) as Value[]));
  return true;
};

/** What chose the content, in the order both `render` and `serve` take it. */
const chosen = (what: What) => {
  const { content, placement, position = -1, request = "", model = "", propensity = NaN, measurable = 1 } = what;
  const flags = measurable | (what.exploration ? EXPLORATION : 0) | (what.video ? VIDEO : 0);
  return [content, placement, position, request, model, propensity, flags];
};

const EXPLORATION = 2;
const VIDEO = 4;
