// What attributes and settings mean.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compiled } from "./compiled.js";

const { read, rule } = await compiled("first/markup.ts");
const { fromTag } = await compiled("first/settings.ts");
const { typed } = await compiled("page/settings.ts");
const { readMatomo } = await compiled("page/matomo.ts");
const { tidy } = await compiled("page/what.ts");

/** As much of an element as is asked: its attributes, and an ancestor that names the placement. */
const element = (attributes, placement) => ({
  getAttribute: (name) => attributes[name] ?? null,
  closest: () => (placement == null ? null : { getAttribute: () => placement }),
  querySelector: () => null,
});
const marked = (attributes, placement) =>
  read(element(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`data-eyeline-${name}`, value])), placement));

test("every attribute says its part", () => {
  const what = marked({ content: " item-14 ", position: "3", variant: "v", request: "r9", model: "bts@47", propensity: "0.087", exploration: "", video: "true", rule: "full_3s 1 3000" }, "recs");
  assert.deepEqual(what, {
    content: "item-14",
    placement: "recs",
    position: 3,
    variant: "v",
    request: "r9",
    model: "bts@47",
    propensity: 0.087,
    exploration: true,
    video: true,
    rule: { name: "full_3s", fraction: 1, ms: 3000 },
  });
});

test("without a content there is nothing to measure", () => {
  assert.equal(marked({ content: "  " }), undefined);
  assert.equal(marked({ placement: "top" }), undefined);
});

test("without a placement it is the default one", () => {
  assert.equal(marked({ content: "a" }).placement, "default");
  assert.equal(marked({ content: "a" }, " ").placement, "default");
});

test("numbers that make no sense are left out", () => {
  for (const position of ["0", "-3", "x", "", "NaN"]) assert.equal(marked({ content: "a", position }).position, undefined, position);
  for (const propensity of ["0", "1.5", "-1", "x", ""]) assert.equal(marked({ content: "a", propensity }).propensity, undefined, propensity);
});

test("a flag that says no is off", () => {
  for (const exploration of ["0", "false", "no"]) assert.equal(marked({ content: "a", exploration }).exploration, false, exploration);
});

test("text is cut by characters, never through one", () => {
  assert.equal(marked({ content: "😀".repeat(200) }).content, "😀".repeat(128));
});

test("control characters and halves of characters can't spoil a batch", () => {
  assert.equal(marked({ content: "a\n\u0000b\ud83dc" }).content, "a b c");
});

test("a rule needs a share from 0 to 1 and a time", () => {
  assert.deepEqual(rule("own 0.8 500"), { name: "own", fraction: 0.8, ms: 500 });
  for (const text of ["", "own", "own 0.5", "own 1.5 500", "own half 500", "undefined"]) assert.equal(rule(text), undefined, text);
});

test("the tag's attributes are settings; dim- and exp- make records with their names as written", () => {
  const attributes = { async: "", src: "/e.js", "data-key": "k", "data-endpoint": "https://c", "data-affiliate": "a", "data-dim-edition": " jp ", "data-dim-a-b": "c", "data-exp-recs": "bts", "data-children": "", "data-spa": "false", "data-sampling": "0.5", "data-rule": "own 0.8 500" };
  const settings = fromTag(Object.entries(attributes).map(([name, value]) => ({ name, value })));
  assert.deepEqual(settings.dim, { edition: "jp", "a-b": "c" });
  assert.deepEqual(settings.exp, { recs: "bts" });
  assert.deepEqual(settings.rule, { name: "own", fraction: 0.8, ms: 500 });
  const { key, endpoint, affiliate, children, spa, sampling, debug } = typed(settings);
  assert.deepEqual({ key, endpoint, affiliate, children, spa, sampling, debug }, { key: "k", endpoint: "https://c", affiliate: "a", children: true, spa: false, sampling: 0.5, debug: false });
});

test("settings from code keep their types", () => {
  const { children, spa, sampling, debug } = typed({ key: "k", endpoint: "https://c", affiliate: "a", children: true });
  assert.deepEqual({ children, spa, sampling, debug }, { children: true, spa: true, sampling: 1, debug: false });
});

test("Matomo's names mean content, variant and target", () => {
  const attributes = { "data-content-name": "Autumn sale", "data-content-piece": "banner.png", "data-content-target": "https://shop.example/sale?utm=1#top" };
  const { content, variant, target, placement } = readMatomo(element(attributes));
  assert.deepEqual({ content, variant, target, placement }, { content: "Autumn sale", variant: "banner.png", target: "shop.example/sale", placement: "default" });
});

test("a Matomo block without a name is named by its piece", () => {
  assert.equal(readMatomo(element({ "data-content-piece": "banner.png" })).content, "banner.png");
  assert.equal(readMatomo(element({})), undefined);
});

test("code's words are made fit like markup's", () => {
  assert.equal(tidy({ placement: "top" }), undefined);
  const { content, position, propensity, exploration } = tidy({ content: 14, position: "x", propensity: 2 });
  assert.deepEqual({ content, position, propensity, exploration }, { content: "14", position: undefined, propensity: undefined, exploration: false });
});
