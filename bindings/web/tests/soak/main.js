// The soak: `node tests/soak/main.js [closings] [kills]` for each engine; prints the table, loads everything, looks for copies.
import assert from "node:assert/strict";
import { ENGINES } from "../browsers/index.js";
import { Collector } from "../world/collector.js";
import { html, tag } from "../world/html.js";
import { Proxy } from "../world/proxy.js";
import { copies, distinct, eventsOf } from "../world/raw.js";
import { Site } from "../world/site.js";
import { closings } from "./closings.js";
import { Count } from "./count.js";
import { kills } from "./kills.js";

const [tabs, browsers] = [process.argv[2] ?? 200, process.argv[3] ?? 50].map(Number);

/** What one engine's soak goes by: a site, a proxied collector, a key. */
async function placeFor(collector) {
  const [site, proxy] = await Promise.all([Site.start(), Proxy.start(collector.address)]);
  const key = collector.takeKey();
  const settings = { key, endpoint: proxy.address, affiliate: "my-site", consent: "full" };
  const visitUrl = site.serve("/visit", html({ head: tag(settings), body: "the next visit" }));
  return { site, proxy, settings, visitUrl, lines: () => collector.lines(key) };
}

/** SIGUSR2 ends it early, with what was counted by then. */
let isEnding = false;
process.on("SIGUSR2", () => (isEnding = true));
const goesOn = () => !isEnding;

const collector = await Collector.start();
const count = new Count();
let raw;
try {
  await Promise.all(
    ENGINES.map(async (engine) => {
      const place = await placeFor(collector);
      await closings(engine, tabs, place, count, goesOn);
      await kills(engine, browsers, place, count, goesOn);
      assert.deepEqual(place.site.faults, [], `no exception reached a page in ${engine}`);
      await place.proxy.stop();
      await place.site.stop();
    }),
  );
  await collector.drain();
  raw = eventsOf(collector.allLines());
  console.log(`\n${count.table()}\n`);
  console.log(`${raw.length} events in raw files, ${copies(raw).length} of them copies`);

  await collector.command("load", "--once");
  const rows = async (sql) => (await collector.command("query", sql)).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const [{ n: clean }] = await rows("SELECT count(*) AS n FROM events");
  assert.equal(clean, distinct(raw).length, "every number is in the clean events, once");
  assert.deepEqual(await rows("SELECT inst, seq, count(*) AS n FROM events GROUP BY inst, seq HAVING count(*) > 1"), [], "no event stands twice");
  assert.deepEqual(await rows("SELECT inst, imp, count(*) AS n FROM fct_impression GROUP BY inst, imp HAVING count(*) > 1"), [], "no impression stands twice");
  const [{ n: facts }] = await rows("SELECT count(*) AS n FROM fct_impression");
  console.log(`${clean} clean events and ${facts} impressions in the fact table: nothing stands twice`);
} finally {
  await collector.stop();
}
