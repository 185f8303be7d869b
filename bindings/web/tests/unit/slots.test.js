// Which slots hold something that a page which is gone has not sent.
import assert from "node:assert/strict";
import test from "node:test";
import { compiled } from "./compiled.js";

const { unsent } = await compiled("host/slots.ts");
const [STATE, BATCH, ERASURE] = [0, 2, 3];

test("slots with batches or erasure requests are unsent, each once, in the order of the keys", () => {
  const keys = [[1, STATE, 2], [1, BATCH, 1], [1, BATCH, 2], [2, ERASURE, 0], [4, BATCH, 9]];
  assert.deepEqual(unsent(keys, new Set()), [1, 2, 4]);
});

test("a page's own slots, and slots that hold counts alone, are left", () => {
  assert.deepEqual(unsent([[0, BATCH, 1], [3, BATCH, 1], [5, STATE, 2]], new Set([0])), [3]);
});
