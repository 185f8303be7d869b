// What is shown, as the markup that says so: for whatever renders elements, a server included.
import { NAME } from "../first/markup.ts";
import type { What } from "../shared/op.ts";

/** The `data-eyeline-*` attributes of an element that shows `what`; measuring needs nothing else. */
export function attributes(what: What): Record<string, string> {
  const { content, placement, position, variant, request, model, propensity, exploration, video, rule } = what;
  const named = {
    content,
    placement,
    position,
    variant,
    request,
    model,
    propensity,
    exploration: exploration || undefined,
    video: video || undefined,
    rule: rule && `${rule.name} ${rule.fraction} ${rule.ms}`,
  };
  const said = Object.entries(named).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(said.map(([name, value]) => [NAME + name, String(value)]));
}
