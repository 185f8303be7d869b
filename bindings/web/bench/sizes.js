// How many bytes a visitor loads: each tool bundled and minified, brotli -q 11.
import { brotliCompressSync, constants } from "node:zlib";
import { TOOLS, bundle } from "./tools.js";

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

/** [{ what, bytes }], ours first. The second part comes once: wasm, or the same core as JavaScript where a page refuses wasm. */
export const sizes = async (files, peers) => {
  const of = (pattern) => [...files].filter(([name]) => pattern.test(name)).reduce((sum, [, bytes]) => sum + brotli(bytes), 0);
  const first = brotli(files.get("eyeline.js"));
  const second = of(/^eyeline-core-[^/]*(?<!\.asm)\.js$/);
  const rows = [
    { what: "Eyeline, what loads first", bytes: first },
    { what: "Eyeline, everything", bytes: first + second + of(/\.wasm$/) },
    { what: "Eyeline, everything where wasm is refused", bytes: first + second + of(/\.asm\.js$/) },
  ];
  for (const tool of TOOLS.filter((tool) => tool.entry && tool.entry !== "nothing" && tool.entry !== "snowplow-batch")) {
    rows.push({ what: tool.name, bytes: brotli(await bundle(tool, peers)) });
  }
  return rows;
};
