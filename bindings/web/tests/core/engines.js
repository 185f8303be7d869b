// The three builds of one engine: for this machine, as WebAssembly, as JavaScript.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compiled } from "../unit/compiled.js";
import { lendEntropy, splitMix64 } from "./entropy.js";
import { Tab } from "./tab.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const built = (ending) => join(root, "dist", `eyeline-core-${version}.${ending}`);

export const { startCore } = await compiled("host/surface.ts");
export const { unpacked } = await compiled("host/message.ts");

/**
 * Makes calls, as recorded in a page, on the engine that was built for this machine; gives its replies. What a page stored
 * is in the calls that start an engine.
 */
export const native = (seed, recorded) =>
  new Promise((resolve, reject) => {
    const program = process.env.EYELINE_NATIVE;
    if (!program) return reject(new Error("EYELINE_NATIVE must name the built example `native`; `cargo xtask web --test` sets it"));
    const child = spawn(program, [String(seed)], { stdio: ["pipe", "pipe", "inherit"] });
    const out = [];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const lines = Buffer.concat(out).toString().split("\n").slice(0, -1);
      if (code === 0) resolve(lines.map((line) => Buffer.from(line, "hex")));
      else reject(new Error(`the native engine ended with ${code} at call ${lines.length}: ${recorded[lines.length]?.said}`));
    });
    // Where it ends early, its code says more than the broken pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(recorded.map(({ core, call, m, w, said }) => `${core} ${call} ${m} ${w} ${said.toString("hex")}\n`).join(""));
  });

const wasm = async () => {
  const glue = await import("#glue");
  glue.initSync({ module: new WebAssembly.Module(readFileSync(built("wasm"))) });
  return glue;
};

export const surfaces = {
  "the wasm build": await wasm(),
  "the JavaScript build": await import(pathToFileURL(built("asm.js")).href),
};

/** Lives a life on a build for the web; gives every call that reached the engine, with its reply. */
export const record = (build, seed, calls) => {
  const recorded = [];
  let life;
  const call = (core, call, m, w, said) => {
    const reply = surfaces[build].call(core, call, m, w, said);
    recorded.push({ life, core, call, m, w, said: Buffer.from(said), reply: Buffer.from(reply) });
    return reply;
  };
  const tab = new Tab(startCore, { call }, (start) => lendEntropy(splitMix64(seed + start)));
  for (life of calls) tab.call(life);
  // Engines are numbered: the next life begins where this one did.
  tab.end(...life.slice(1, 3));
  return recorded;
};
