// The public handle: what its calls become.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compiled } from "./compiled.js";

const { openHandle } = await compiled("page/handle.ts");

function open() {
  const ops = [];
  const said = [];
  const start = {
    settings: { key: "k" },
    push: (op) => ops.push(op),
    guard: (work) => work,
  };
  const host = { flush: async () => true, stats: () => ({ path: "wasm" }), stop: () => ops.push("host stopped") };
  const trees = { say: (el, what) => said.push([el, what.content]), stop: () => ops.push("trees stopped") };
  return { ops, said, start, handle: openHandle(start, host, trees, (path) => ops.push(["page", path]), () => 7) };
}

test("a conversion carries value, currency and order, or says that it has none", () => {
  const { ops, handle } = open();
  handle.convert(" purchase ", { value: 1999.4, currency: "EUR", order: "o-1" });
  handle.convert("signup");
  assert.deepEqual(ops, [
    [7, "convert", "purchase", 1999, "EUR", "o-1"],
    [7, "convert", "signup", -1, "", ""],
  ]);
});

test("calls that make no sense are dropped", () => {
  const { ops, said, handle } = open();
  handle.convert("");
  handle.convert("purchase", { value: 5 });
  handle.serve({ placement: "top" });
  handle.impression({}, {});
  handle.consent("perhaps");
  assert.deepEqual([...ops, ...said], []);
});

test("calls that make no sense are named in debug mode", (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { start, handle } = open();
  start.settings.debug = true;
  handle.consent("perhaps");
  assert.match(warn.mock.calls[0].arguments.join(" "), /consent is one of pending, full, measure, denied/);
});

test("consent is kept for what is sent without the core, and told to the core", () => {
  const { ops, start, handle } = open();
  handle.consent("measure");
  assert.equal(start.consent, "measure");
  assert.deepEqual(ops, [[7, "consent", 2]]);
});

test("stopping ends the impressions before the host sends them", () => {
  const { ops, start, handle } = open();
  handle.stop();
  assert.deepEqual(ops, ["trees stopped", "host stopped"]);
  assert.equal(start.stopped, true);
});
