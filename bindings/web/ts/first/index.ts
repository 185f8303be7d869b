// The script tag: reads its settings, starts, and takes the calls made before it came.
import { now } from "./queue.ts";
import { fromTag } from "./settings.ts";
import { start } from "./start.ts";

declare const __VERSION__: string;

type Call = [method: string, ...args: unknown[]];

try {
  const before = (self as any).eyeline;
  const tag: HTMLScriptElement = document.querySelector("script[data-key][data-endpoint][data-affiliate]")!;
  if (!tag) throw "data-key, -endpoint or -affiliate is missing";
  const settings = fromTag(tag.attributes);
  // A tag pasted twice measures once.
  if (!before?.port) {
    let url = new URL(`${settings.core || "."}/eyeline-core-${__VERSION__}.js`, tag.src || location.href).href;
    const port = start(settings, () => {
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
    for (const args of before?.q || []) call(...args);
  }
} catch (error) {
  console.warn("eyeline:", error);
}
