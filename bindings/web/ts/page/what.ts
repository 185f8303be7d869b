// What code, or another product's markup, says is shown somewhere, made fit for the wire.
import type { Rule, What } from "../shared/op.ts";
import { Chars, clean, isOn } from "../first/text.ts";

type Raw = { [name in keyof What]?: unknown };

/** Undefined where the content has no name. */
export function tidy(raw: Raw): What | undefined {
  const content = clean(raw.content);
  if (!content) return undefined;
  const position = Math.trunc(Number(raw.position));
  const propensity = Number(raw.propensity);
  return {
    content,
    placement: clean(raw.placement) || "default",
    position: position > 0 && position < 2 ** 31 ? position : undefined,
    variant: clean(raw.variant) || undefined,
    request: clean(raw.request) || undefined,
    model: clean(raw.model) || undefined,
    propensity: propensity > 0 && propensity <= 1 ? propensity : undefined,
    exploration: isOn(raw.exploration),
    video: isOn(raw.video),
    rule: raw.rule as Rule | undefined,
    target: clean(`${raw.target ?? ""}`.replace(/^\w+:\/\/|[?#].*/gs, ""), Chars.Path),
  } as What;
}

/** Same content at the same place for the same reason: the same impression, wherever it moves. */
export const isSame = (one: What, other: What): boolean =>
  one.content == other.content && one.placement == other.placement && one.request == other.request && one.variant == other.variant;
