// What is measured: how each tool gets onto the page, and where its code comes from.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** Our script's tag is what an affiliate pastes; a peer is bundled from npm as its users bundle it. */
export const TOOLS = [
  { name: "page alone", entry: "nothing" },
  { name: "Eyeline", ours: true },
  { name: "Snowplow + elements", entry: "snowplow" },
  { name: "Snowplow + elements, batch 20", entry: "snowplow-batch" },
  { name: "PostHog", entry: "posthog" },
  { name: "Segment", entry: "segment" },
  { name: "Plausible", entry: "plausible" },
];

/** Bundles a peer, minified; the page starts it with `bench.start(sink)`. */
export const bundle = async (tool, peers) => {
  const made = await build({
    entryPoints: [join(import.meta.dirname, "peers", `${tool.entry}.js`)],
    nodePaths: [join(peers, "node_modules")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    globalName: "bench",
    target: "es2020",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return made.outputFiles[0].text;
};

/** Our built files by name. */
export const dist = async (folder) => {
  const files = new Map();
  for (const name of await readdir(folder)) {
    if (/\.(js|wasm)$/.test(name)) files.set(name, await readFile(join(folder, name)));
  }
  if (!files.has("eyeline.js")) throw new Error(`${folder} holds no eyeline.js: run cargo xtask web`);
  return files;
};
