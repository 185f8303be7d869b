// The engine as a page uses it: an impression is shown, seen for a second, and sent as one gzip batch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { surfaces } from "./engines.js";
import { lendEntropy, splitMix64 } from "./entropy.js";

const START = 1_795_455_480_123;

const started = ({ Restore }) => {
  lendEntropy(splitMix64(1));
  return new Restore().start(1_000, START, "zozo-men", "web/0.1.0", "\u0001/a", "", 540, 390, 844, "", "", 1, 0, 1);
};

for (const [build, surface] of Object.entries(surfaces)) {
  test(`${build}: an impression seen for a second is viewable, and the batch says so`, () => {
    const core = started(surface);
    const at = (call, after, ...rest) => core[call](1_000 + after, START + after, ...rest);
    at("active", 0, true);
    const imp = at("render", 0, "item-14", "recs", 3, "", "", NaN, 1, "", 0, 0, "");
    assert.equal(imp, 1);
    at("visible", 0, imp, 1, 300, 250);
    assert.equal(at("next", 0), 1_000);
    at("visible", 1_000, imp, 1, 300, 250);
    at("background", 1_500);
    assert.equal(at("next", 1_500), -1);
    assert.equal(core.path(), `/v1/batch?w=${START + 1_500}&a=1&s=1500`);
    const batch = JSON.parse(gunzipSync(core.body()));
    assert.equal(batch.t0, START);
    assert.deepEqual(batch.ev.map(({ k, dt }) => [k, dt]), [["render", 0], ["viewable", 1_000], ["dwell", 1_000], ["dwell", 1_500]]);
    at("answer", 1_600, core.ticket(), 2, batch.ev.length, new Float64Array(), "");
    assert.equal(core.stats(0, 0)[1], batch.ev.length);
    core.free();
  });

  test(`${build}: an answer to an upload that is not on its way any more changes nothing`, () => {
    const core = started(surface);
    core.convert(1_000, START, "purchase", 0, "", "");
    core.flush(1_000, START);
    assert.equal(core.next(1_000, START), -1);
    const late = core.ticket();
    core.answer(1_000, START, late, 0, 0, new Float64Array(), "");
    core.answer(1_000, START, late, 2, 1, new Float64Array(), "");
    core.answer(1_000, START, late + 1, 2, 1, new Float64Array(), "");
    const [captured, delivered, queued] = core.stats(1_000, START);
    assert.deepEqual([captured, delivered, queued], [1, 0, 1]);
    core.free();
  });

  test(`${build}: a start without an affiliate is none`, () => {
    const core = new surface.Restore().start(0, START, "", "web/0.1.0", "", "", 0, 0, 0, "", "", 1, 0, 1);
    assert.equal(core, undefined);
  });
}
