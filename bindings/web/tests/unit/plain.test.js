// The first script's own batches: wire v1, whatever the queue held.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { compiled } from "./compiled.js";

const { takePlain } = await compiled("first/plain.ts");
const schema = JSON.parse(readFileSync(new URL("../../../../core/schema/batch-1-0-0.json", import.meta.url)));
// The schema also speaks of sizes that no JSON Schema keyword can say.
const validate = new Ajv({ strict: false }).compile(schema);

const what = (content, more) => ({ content, placement: "top", measurable: 1, exploration: false, ...more });
const port = (ops, more) => ({
  settings: { key: "k", endpoint: "https://c.example", affiliate: "aff", dim: {}, exp: {} },
  t0: { mono: 10.5, wall: 1_574_553_634_000 },
  page: { site: "news.example.jp", path: "/a", referrer: "" },
  ops,
  dropped: 0,
  ...more,
});
const plain = () => ({ inst: "9kPz3vK2QmWc8RtY", sr: 1, n: 0, bn: 0, renders: {} });
const dev = { lang: "ja-JP", tz: 540, vw: 390, vh: 844 };

function taken(port, state = plain(), now = 5_000, gpc = undefined) {
  const body = takePlain(port, state, now, dev, gpc);
  if (!body) return undefined;
  const batch = JSON.parse(body[0]);
  assert.ok(validate(batch), JSON.stringify(validate.errors));
  assert.equal(body[1], batch.ev.length);
  return batch;
}

test("renders and clicks become one batch with numbers from 1", () => {
  const ops = [
    [20.4, "active", true],
    [110.5, "render", 1, what("a", { position: 3, request: "r9", model: "bts@47", propensity: 0.087, exploration: true, variant: "v1" })],
    [110.5, "visible", 1, 0.7, 300, 250],
    [2_110.9, "click", 1, true, "shop.example.jp/item/14"],
  ];
  const batch = taken(port(ops));
  assert.deepEqual(batch, {
    v: "1-0-0",
    inst: "9kPz3vK2QmWc8RtY",
    bn: 1,
    sdk: "web-first/0.0.0",
    t0: 1_574_553_634_000,
    src: { aff: "aff", site: "news.example.jp", page: "/a", ref: "" },
    dev,
    con: { mode: "measure", gpc: 0, coppa: 0 },
    exp: {},
    dim: {},
    sr: 1,
    loss: { cap: 2, queue_full: 0 },
    ev: [
      { k: "render", n: 1, dt: 100, imp: 1, c: "a", pl: "top", pos: 3, ms: 1, var: "v1", req: "r9", m: "bts@47", p: 0.087, x: 1 },
      { k: "click", n: 2, dt: 2_100, imp: 1, c: "a", pl: "top", pos: 3, lat: 2_000, tr: 1, tg: "shop.example.jp/item/14" },
    ],
  });
});

test("what was sent is gone from the queue, everything else stays", () => {
  const kept = [[20, "active", true], [30, "visible", 1, 1, 10, 10], [40, "activity"]];
  const it = port([...kept, [25, "render", 1, what("a")]]);
  taken(it);
  assert.deepEqual(it.ops, kept);
});

test("nothing to send is no batch, and takes no number", () => {
  const state = plain();
  assert.equal(taken(port([[20, "active", true]]), state), undefined);
  assert.equal(state.bn, 0);
});

test("a later click repeats what its render, sent before, showed", () => {
  const state = plain();
  taken(port([[20, "render", 1, what("a", { position: 2 })]]), state);
  const batch = taken(port([[920, "click", 1, false, ""]]), state);
  assert.equal(batch.bn, 2);
  assert.deepEqual(batch.ev, [{ k: "click", n: 2, dt: 910, imp: 1, c: "a", pl: "top", pos: 2, lat: 900, tr: 0 }]);
});

test("an impression seen for less than its rule asks is measured; one seen longer may have been viewable", () => {
  const measurable = (seen, now, rule) => taken(port([[20, "render", 1, what("a", { seen, rule })]]), plain(), now).ev[0].ms;
  assert.equal(measurable(undefined, 60_000), 1);
  assert.equal(measurable(100, 1_099), 1);
  assert.equal(measurable(100, 1_100), 0);
  assert.equal(measurable(100, 1_100, { name: "own", fraction: 1, ms: 3_000 }), 1);
});

test("what the browser could not measure stays unmeasured", () => {
  assert.equal(taken(port([[20, "render", 1, what("a", { measurable: 0 })]])).ev[0].ms, 0);
});

test("a click whose render was dropped is counted as lost", () => {
  const it = port([[20, "click", 7, true, ""], [30, "render", 8, what("b")]]);
  const batch = taken(it);
  assert.deepEqual(batch.ev.map(({ k }) => k), ["render"]);
  assert.deepEqual(batch.loss, { cap: 2, queue_full: 1 });
});

test("a batch holds 500 events at most; the others wait and are counted as captured", () => {
  const it = port(Array.from({ length: 600 }, (_, i) => [20 + i, "render", i + 1, { content: "c", placement: "p", measurable: 1, exploration: false }]));
  const state = plain();
  const first = taken(it, state);
  assert.equal(first.ev.length, 500);
  assert.equal(first.loss.cap, 600);
  const second = taken(it, state);
  assert.deepEqual([second.bn, second.ev.length, second.ev[0].n], [2, 100, 501]);
  assert.equal(it.ops.length, 0);
});

test("a body stays below what a browser lets a page send while it leaves", () => {
  const long = "語".repeat(128);
  const ops = Array.from({ length: 200 }, (_, i) => [20, "render", i + 1, what(long, { placement: long, request: long, model: long, variant: long })]);
  const [body] = takePlain(port(ops), plain(), 100, dev);
  const bytes = Buffer.byteLength(body);
  assert.ok(bytes > 50_000 && bytes < 60_000, `${bytes}`);
});

test("signals that narrow consent are said", () => {
  const it = port([[20, "render", 1, what("a")]]);
  it.settings.children = "";
  assert.deepEqual(taken(it, plain(), 100, true).con, { mode: "measure", gpc: 1, coppa: 1 });
});

test("dimensions, experiments and the sampling rate travel along", () => {
  const it = port([[20, "render", 1, what("a")]]);
  Object.assign(it.settings, { dim: { edition: "jp" }, exp: { recs: "bts" } });
  const { dim, exp, sr } = taken(it, { ...plain(), sr: 0.25 });
  assert.deepEqual({ dim, exp, sr }, { dim: { edition: "jp" }, exp: { recs: "bts" }, sr: 0.25 });
});

test("a page that taught arrays a toJSON of its own spoils nothing", () => {
  Object.defineProperty(Array.prototype, "toJSON", { value: () => "spoilt", configurable: true });
  try {
    assert.equal(taken(port([[20, "render", 1, what("a")]])).ev.length, 1);
  } finally {
    delete Array.prototype.toJSON;
  }
});

test("any mix of ops gives valid batches that hold each event once", () => {
  // A small generator of its own, so that a failure can be repeated.
  let seed = 1;
  const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const texts = ["a", "item-14", "日本語", '"\\/', "x".repeat(128), "😀".repeat(64)];
  const text = () => texts[random(texts.length)];
  for (let round = 0; round < 200; round++) {
    const state = plain();
    let rendered = 0;
    let expected = 0;
    let got = 0;
    for (let leave = 0; leave < 3; leave++) {
      const ops = Array.from({ length: random(120) }, () => {
        const t = 11 + random(100_000);
        const kind = random(4);
        if (kind == 0 || (!rendered && kind == 1)) {
          expected++;
          return [t, "render", ++rendered, what(text(), { placement: text(), position: random(9) || undefined, propensity: random(2) ? 0.5 : undefined, model: random(2) ? text() : undefined })];
        }
        if (kind == 1) {
          expected++;
          return [t + 100_000, "click", 1 + random(rendered), !!random(2), random(2) ? "h/p" : ""];
        }
        return kind == 2 ? [t, "visible", 1, 0.5, 10, 10] : [t, "activity"];
      });
      const it = port(ops);
      for (let batch; (batch = taken(it, state)); ) {
        assert.deepEqual(batch.ev.map(({ n }) => n), batch.ev.map((_, i) => got + 1 + i));
        got += batch.ev.length;
      }
      assert.equal(it.dropped, 0);
    }
    assert.equal(got, expected);
  }
});
