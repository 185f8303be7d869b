// The three builds of one engine: for this machine, as WebAssembly, as JavaScript.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { lendEntropy, splitMix64 } from "./entropy.js";
import { Tab } from "./tab.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const built = (ending) => join(root, "dist", `eyeline-core-${version}.${ending}`);

/** Runs calls on the engine that was built for this machine. */
const native = (seed, calls) =>
  new Promise((resolve, reject) => {
    const program = process.env.EYELINE_NATIVE;
    if (!program) return reject(new Error("EYELINE_NATIVE must name the built example `native`; `cargo xtask web --test` sets it"));
    const child = spawn(program, [String(seed)], { stdio: ["pipe", "pipe", "inherit"] });
    const out = [];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const lines = Buffer.concat(out).toString().split("\n").slice(0, -1);
      if (code === 0) resolve(lines.map((line) => JSON.parse(line)));
      else reject(new Error(`the native engine ended with ${code} at call ${lines.length}: ${JSON.stringify(calls[lines.length])}`));
    });
    // Where it ends early, its code says more than the broken pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(calls.map((call) => JSON.stringify(call) + "\n").join(""));
  });

const inPage = (surface) => (seed, calls) => {
  const tab = new Tab(surface, (start) => lendEntropy(splitMix64(seed + start)));
  return calls.map((call) => tab.call(call));
};

const wasm = async () => {
  const glue = await import("#glue");
  glue.initSync({ module: new WebAssembly.Module(readFileSync(built("wasm"))) });
  return glue;
};

export const surfaces = {
  "the wasm build": await wasm(),
  "the JavaScript build": await import(pathToFileURL(built("asm.js")).href),
};

/** Runs of calls by the name of the build. */
export const engines = {
  native,
  ...Object.fromEntries(Object.entries(surfaces).map(([name, surface]) => [name, inPage(surface)])),
};
