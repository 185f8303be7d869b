// The engine as a page uses it: an impression is shown, seen for a second, and sent as one gzip batch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startCore, surfaces } from "./engines.js";
import { lendEntropy, splitMix64 } from "./entropy.js";

const START = 1_795_455_480_123;
const started = (surface, affiliate = "zozo-men") => {
  lendEntropy(splitMix64(1));
  const device = ["desktop", "", "", 540, 390, 844];
  return startCore(surface, 1_000, START, [affiliate, "web/0.1.0", "", "/a", "", ...device, 0, 0, 1, 0, 1]);
};

for (const [build, surface] of Object.entries(surfaces)) {
  test(`${build}: an impression seen for a second is viewable, and the batch says so`, () => {
    const core = started(surface);
    const at = (call, after, ...said) => core(1_000 + after, START + after, call, ...said);
    at("active", 0, true);
    const [imp] = at("render", 0, "item-14", "recs", 3, "", "", NaN, 1, "", 0, 0, "");
    assert.equal(imp, 1);
    at("visible", 0, imp, 1, 300, 250);
    assert.deepEqual(at("next", 0), [1_000]);
    at("visible", 1_000, imp, 1, 300, 250);
    at("background", 1_500);
    const [next, ticket, path, body] = at("next", 1_500);
    assert.deepEqual([next, path], [-1, `/v1/batch?w=${START + 1_500}&a=1&s=1500`]);
    const batch = JSON.parse(gunzipSync(body));
    assert.equal(batch.t0, START);
    assert.deepEqual(batch.ev.map(({ k, dt }) => [k, dt]), [["render", 0], ["viewable", 1_000], ["dwell", 1_000], ["dwell", 1_500]]);
    at("answer", 1_600, ticket, 2, "", batch.ev.length);
    assert.equal(at("stats", 1_600)[1], batch.ev.length);
    at("end", 1_600);
  });

  test(`${build}: an answer to an upload that is not on its way any more changes nothing`, () => {
    const core = started(surface);
    const say = (call, ...said) => core(1_000, START, call, ...said);
    say("convert", "purchase", 0, "", "");
    say("flush");
    const [next, late] = say("next");
    assert.equal(next, -1);
    say("answer", late, 0, "", 0);
    say("answer", late, 2, "", 1);
    say("answer", late + 1, 2, "", 1);
    const [captured, delivered, queued] = say("stats");
    assert.deepEqual([captured, delivered, queued], [1, 0, 1]);
    say("end");
  });

  test(`${build}: engines of one page know nothing of each other, and one that has ended says nothing`, () => {
    const [one, other] = [started(surface), started(surface)];
    one(1_000, START, "convert", "purchase", 0, "", "");
    assert.equal(one(1_000, START, "stats")[0], 1);
    assert.equal(other(1_000, START, "stats")[0], 0);
    one(1_000, START, "end");
    assert.deepEqual(one(1_000, START, "stats"), []);
    assert.equal(other(1_000, START, "stats")[0], 0);
    other(1_000, START, "end");
  });

  test(`${build}: a start without an affiliate is none`, () => {
    assert.equal(started(surface, ""), undefined);
  });
}
