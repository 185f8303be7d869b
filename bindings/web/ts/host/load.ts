// Brings the core into the page: wasm, or, where the page's CSP or the browser refuses it, the same core as JavaScript.
import { call, initSync } from "#glue";
import type { Surface } from "./surface.ts";

declare const __VERSION__: string;

export type Loaded = { surface: Surface; path: "wasm" | "js"; sdk: string };

/** Rejects where neither can be had. */
export const load = async (): Promise<Loaded> => {
  // Both addresses stand written out, so that bundlers find the files.
  try {
    const response = await fetch(new URL("./eyeline-core-" + __VERSION__ + ".wasm", import.meta.url).href);
    // Not as a stream: that is read on the page's thread, which takes longer than so small a file gains by it.
    initSync({ module: await WebAssembly.compile(await response.arrayBuffer()) });
    return { surface: { call }, path: "wasm", sdk: "web/" + __VERSION__ };
  } catch {
    // A policy refuses to run WebAssembly, or to fetch it; a script may still be had.
    const surface: Surface = await import(new URL("./eyeline-core-" + __VERSION__ + ".asm.js", import.meta.url).href);
    return { surface, path: "js", sdk: "web-js/" + __VERSION__ };
  }
};
