// The web's hosts: each plays scenarios and gives their transcripts.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "../browsers/index.js";
import { surfaces } from "../core/engines.js";
import { Site } from "../world/site.js";
import { importText, player } from "./built.js";
import { canFirst, FirstHost } from "./first-host.js";

const file = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
const { version } = JSON.parse(file("package.json"));
const module = await player();
const { play, playOnEngine } = await importText(module);

const inNode = (surface) => async (scenarios, tell) => {
  for (const [name, scenario] of Object.entries(scenarios)) await tell(name, () => playOnEngine(scenario, surface));
};

const first = async (scenarios, tell) => {
  for (const [name, scenario] of Object.entries(scenarios)) if (canFirst(scenario)) await tell(name, () => play(scenario, new FirstHost()));
};

/** One page plays them all. */
const inChromium = (load) => async (scenarios, tell) => {
  const site = await Site.start();
  const browser = await launch("chromium");
  try {
    site.serve("/player.js", module);
    site.serve("/glue.js", file("generated/glue.js"));
    const page = await browser.open(site.serve("/page", "<!doctype html><title>Scenarios</title>"));
    await page.run(load, version);
    for (const [name, scenario] of Object.entries(scenarios)) {
      await tell(name, () => page.run((scenario) => window.player.playOnEngine(scenario, window.surface), scenario));
    }
    if (page.faults.length) throw new Error(page.faults.join("\n"));
  } finally {
    await browser.close();
    await site.stop();
  }
};

const loadWasm = async (version) => {
  window.player = await import("/player.js");
  window.surface = await import("/glue.js");
  await window.surface.default(`/sdk/eyeline-core-${version}.wasm`);
};

const loadJs = async (version) => {
  window.player = await import("/player.js");
  window.surface = await import(`/sdk/eyeline-core-${version}.asm.js`);
};

/** By name: the class whose transcripts it is held to, and how it plays. */
export const hosts = {
  "wasm-node": ["batches", inNode(surfaces["the wasm build"])],
  "js-node": ["batches", inNode(surfaces["the JavaScript build"])],
  "wasm-chromium": ["batches", inChromium(loadWasm)],
  "js-chromium": ["batches", inChromium(loadJs)],
  first: ["first", first],
};
