// Measures our SDK beside its peers and prints the tables of docs/benchmarks.md: node bench/run.js --dist DIR --peers DIR [sizes] [cost] [split] [correct] [demo]
import { parseArgs } from "node:util";
import { cost, medians, net } from "./cost.js";
import { launch } from "./chrome.js";
import { correct } from "./correct.js";
import { demo } from "./demo.js";
import { Sink } from "./sink.js";
import { Site } from "./site.js";
import { sizes } from "./sizes.js";
import { split } from "./split.js";
import { correctTable, costTable, demoTable, sizesTable, splitTable } from "./tables.js";
import { TOOLS, dist } from "./tools.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dist: { type: "string" }, peers: { type: "string" }, runs: { type: "string", default: "3" }, tool: { type: "string" } },
});
const files = await dist(values.dist);
const wanted = (part) => positionals.length === 0 || positionals.includes(part);
const tools = TOOLS.filter((tool) => !values.tool || tool.entry === "nothing" || tool.name.startsWith(values.tool));

if (wanted("sizes")) console.log(`\n${sizesTable(await sizes(files, values.peers))}`);

const browser = await launch();
console.error(`${await browser.version()}, node ${process.version}`);
const [site, sink] = [await Site.start(), await Sink.start()];
const stage = { site, sink, files, peers: values.peers };
try {
  if (wanted("cost")) {
    const runs = new Map(tools.map((tool) => [tool.name, []]));
    // Round after round, so that a busy minute of the machine meets every tool alike.
    for (let round = 1; round <= Number(values.runs); round += 1) {
      for (const tool of tools) {
        console.error(`run ${round} of ${values.runs}: ${tool.name}`);
        runs.get(tool.name).push(await cost(browser, tool, stage));
      }
    }
    const alone = medians(runs.get("page alone"));
    console.log(`\n${costTable(tools.map(({ name }) => ({ name, ...net(medians(runs.get(name)), alone) })))}`);
  }
  if (wanted("split")) console.log(`\n${splitTable(await split(browser, { ours: TOOLS.find(({ ours }) => ours), alone: TOOLS[0] }, stage))}`);
  if (wanted("correct")) {
    const rows = [];
    // With 20 events a batch the dozen tracked here would never be sent, which says nothing.
    for (const tool of tools.filter(({ entry }) => entry !== "nothing" && entry !== "snowplow-batch")) rows.push({ name: tool.name, found: await correct(browser, tool, stage) });
    console.log(`\n${correctTable(rows)}`);
  }
  if (wanted("demo")) console.log(`\n${demoTable(await demo(browser))}`);
} finally {
  await browser.close();
  await Promise.all([site.stop(), sink.stop()]);
}
