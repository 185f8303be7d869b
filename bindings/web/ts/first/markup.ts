// What an element's attributes say is shown there.
import type { Rule, What } from "../shared/op.ts";
import { clean, isOn } from "./text.ts";

export const NAME = "data-eyeline-";

/** Elements whose markup asks for measuring. */
export const SELECTOR = `[${NAME}content]`;

/** Undefined where nothing is named. */
export function read(el: Element): What | undefined {
  const raw = (name: string) => el.getAttribute(NAME + name);
  const text = (name: string) => clean(raw(name)) || undefined;
  const content = text("content");
  const propensity = +text("propensity")!;
  // What is not said or makes no sense is left out: a wrong number would cost the whole event.
  return content
    ? ({
        content,
        placement: clean(el.closest(`[${NAME}placement]`)?.getAttribute(`${NAME}placement`)) || "default",
        position: Math.max(0, (text("position") as unknown as number) | 0) || undefined,
        variant: text("variant"),
        request: text("request"),
        model: text("model"),
        propensity: propensity > 0 && propensity <= 1 ? propensity : undefined,
        exploration: isOn(raw("exploration")),
        video: isOn(raw("video")),
        rule: rule(`${raw("rule")}`),
      } as What)
    : undefined;
}

/** `name fraction ms`, as in `full_3s 1 3000`. */
export function rule(text: string): Rule | undefined {
  const [name, fraction, ms] = text.split(" ");
  return +fraction! <= 1 && ms ? { name: name!, fraction: +fraction!, ms: +ms } : undefined;
}
