// Matomo's content tracking markup, for sites that migrate: https://developer.matomo.org/guides/content-tracking
import type { What } from "../shared/op.ts";
import { tidy } from "./what.ts";

export const MATOMO = "[data-track-content]";
export const MATOMO_ATTRIBUTES = ["data-track-content", "data-content-name", "data-content-piece", "data-content-target"];

/** The parts may stand on the block itself or on anything in it; a block without a name is named by its piece. */
export function readMatomo(el: Element): What | undefined {
  const part = (name: string) =>
    el.getAttribute(`data-content-${name}`) ?? el.querySelector(`[data-content-${name}]`)?.getAttribute(`data-content-${name}`);
  const variant = part("piece");
  return tidy({ content: part("name") || variant, variant, target: part("target") });
}
