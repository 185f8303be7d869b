// Text a page gave us, made fit for the wire here, so that a bad character or an endless id costs no event later.

/** Trimmed, cut at `max` characters, without control characters and halves of surrogate pairs, which are no valid JSON. */
export const clean = (text: unknown, max: number = Chars.Id): string =>
  [...`${text ?? ""}`.replace(/[\0-\x1f\x7f-\x9f\ud800-\udfff]+/gu, " ").trim()].slice(0, max).join("");

/** Of an attribute, or of a setting from code. */
export const isOn = (value: unknown): boolean => /^(1|true|)$/.test((value ?? 0) as string);

/** The core's limits; it refuses what is longer. */
export const enum Chars {
  Id = 128,
  Path = 512,
  Pair = 64,
}
