// On a server the package does nothing, and throws nothing; what it renders there is markup.
import assert from "node:assert/strict";
import test from "node:test";
import { compiled } from "./compiled.js";

const { start, eyeline, attributes } = await compiled("npm/index.ts");

test("a start on a server is an inert handle", async () => {
  const handle = start({ key: "k", endpoint: "https://collect.example", affiliate: "a" });
  assert.equal(handle, eyeline);
  handle.consent("full");
  handle.convert("purchase", { value: 1999, currency: "EUR" });
  handle.page("/a");
  handle.forget();
  assert.equal(await handle.flush(), false);
  assert.deepEqual(handle.stats(), { captured: 0, delivered: 0, queued: 0, lost: { queue_full: 0 }, path: "first" });
  handle.stop();
});

test("what is shown becomes the markup that is measured", () => {
  const what = { content: "item-14", placement: "top", position: 3, propensity: 0.25, exploration: true, video: false, rule: { name: "full_3s", fraction: 1, ms: 3000 } };
  assert.deepEqual(attributes(what), {
    "data-eyeline-content": "item-14",
    "data-eyeline-placement": "top",
    "data-eyeline-position": "3",
    "data-eyeline-propensity": "0.25",
    "data-eyeline-exploration": "true",
    "data-eyeline-rule": "full_3s 1 3000",
  });
});
