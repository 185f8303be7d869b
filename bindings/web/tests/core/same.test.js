// One engine, three builds: whatever happens to a tab, WebAssembly and JavaScript say what the native build says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { engines } from "./engines.js";
import { life } from "./lives.js";

const LIVES = Number(process.env.EYELINE_WEB_LIVES ?? 100);
const CALLS = 400;

/** The native build has another gzip: bodies are compared by what they hold, and what a queue weighs is not. */
const comparable = ([name], result) => {
  if (name === "stats") return result.map((count, at) => (at === QUEUED_BYTES ? 0 : count));
  return Array.isArray(result) ? result.map(unpacked) : result;
};
const unpacked = (part) => (typeof part === "string" && part.startsWith("1f8b") ? gunzipSync(Buffer.from(part, "hex")).toString() : part);
const QUEUED_BYTES = 3;

const compare = (calls, expected, found) => {
  for (const [at, call] of calls.entries()) {
    const where = `call ${at} of ${calls.length}: ${JSON.stringify(call)}`;
    assert.deepEqual(comparable(call, found[at]), comparable(call, expected[at]), where);
  }
};

for (const build of Object.keys(engines).filter((name) => name !== "native")) {
  test(`${build} says what the native engine says, in ${LIVES} lives`, async () => {
    for (let seed = 1; seed <= LIVES; seed++) {
      const calls = life(seed, CALLS);
      const expected = await engines.native(seed, calls);
      compare(calls, expected, engines[build](seed, calls));
    }
  });

  test(`${build} says what the native engine says, when its memory has to grow`, async () => {
    const calls = life(7, 20_000);
    const expected = await engines.native(7, calls);
    compare(calls, expected, engines[build](7, calls));
  });
}

test("both builds for the web say the same to the byte", () => {
  const [wasm, js] = Object.keys(engines).slice(1).map((build) => engines[build]);
  const calls = life(11, 5_000);
  assert.deepEqual(js(11, calls), wasm(11, calls));
});
