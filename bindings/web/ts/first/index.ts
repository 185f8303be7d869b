// The script tag: reads its settings, starts, and takes the calls made before it came.
import { rule } from "./markup.ts";
import { now } from "./queue.ts";
import { start } from "./start.ts";
import { Chars, clean } from "./text.ts";

declare const __VERSION__: string;

type Call = [method: string, ...args: unknown[]];

try {
  const before = (self as any).eyeline;
  const tag: HTMLScriptElement = document.querySelector("script[data-key][data-endpoint][data-affiliate]")!;
  if (!tag) throw "data-key, data-endpoint or data-affiliate is missing";
  const said: any = { dim: {}, exp: {} };
  for (const { name, value } of tag.attributes) {
    const [, kind, key] = /^data-(?:(dim|exp)-)?(.+)/.exec(name) ?? [];
    if (kind) said[kind][key!] = clean(value, Chars.Pair);
    else if (key) said[key] = value;
  }
  said.rule = rule(said.rule ?? "");
  // A tag pasted twice measures once.
  if (!before?.port) {
    let url = new URL(`${said.core || "."}/eyeline-core-${__VERSION__}.js`, tag.src).href;
    const { port } = start(said, () => {
      const part = import(url);
      // A failed import may be remembered under its address.
      url += "#";
      return part;
    });
    const call: any = (...[method, ...args]: Call) => {
      if (method == "consent") port.consent = args[0] as string;
      if (call[method]) return call[method](...args);
      port.calls!.push([now(), method, ...args]);
    };
    port.calls = [];
    call.port = port;
    port.call = call;
    (self as any).eyeline = call;
    for (const args of before?.q ?? []) call(...args);
  }
} catch (error) {
  console.warn("eyeline:", error);
}
