// Settings from the script tag's attributes, still as text.
import type { Settings } from "../shared/settings.ts";
import { rule } from "./markup.ts";
import { Chars, clean } from "./text.ts";

export function fromTag(attributes: Iterable<{ name: string; value: string }>): Settings {
  const said: any = { dim: {}, exp: {} };
  for (const { name, value } of attributes) {
    const [, kind, key] = /^data-(?:(dim|exp)-)?(.+)/.exec(name) || [];
    if (kind) said[kind][key!] = clean(value, Chars.Pair);
    else if (key) said[key] = value;
  }
  said.rule = rule(`${said.rule}`);
  return said;
}
