// One engine, three builds: whatever happens to a tab, WebAssembly and JavaScript say what the native build says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { native, record, surfaces, unpacked } from "./engines.js";
import { life } from "./lives.js";

const LIVES = Number(process.env.EYELINE_WEB_LIVES ?? 100);
const CALLS = 400;

/** The native build has another gzip: bodies are compared by what they hold, and what a queue weighs is not. */
const comparable = (name, reply) => {
  const values = unpacked(reply);
  if (name === "stats") values[QUEUED_BYTES] = 0;
  // What a sealed batch holds is compared when it is sent.
  if (name === "writes") for (let at = 0; at < values.length; at += 4) if (values[at + 1] === BATCH) values[at + 3] = "";
  return values.map(plain);
};
const plain = (value) => {
  if (typeof value !== "object") return value;
  return value[0] === 0x1f && value[1] === 0x8b ? gunzipSync(value).toString() : Buffer.from(value).toString("hex");
};
const QUEUED_BYTES = 3;
const BATCH = 2;

const assertSame = async (build, seed, calls) => {
  const recorded = record(build, seed, calls);
  const expected = await native(seed, recorded);
  assert.equal(expected.length, recorded.length);
  for (const [at, { life, reply }] of recorded.entries()) {
    const where = `call ${at} of ${recorded.length}: ${JSON.stringify(life)}`;
    assert.deepEqual(comparable(life[0], reply), comparable(life[0], expected[at]), where);
  }
};

for (const build of Object.keys(surfaces)) {
  test(`${build} says what the native engine says, in ${LIVES} lives`, async () => {
    for (let seed = 1; seed <= LIVES; seed++) await assertSame(build, seed, life(seed, CALLS));
  });

  test(`${build} says what the native engine says, when its memory has to grow`, () => assertSame(build, 7, life(7, 20_000)));
}

test("both builds for the web say the same to the byte", () => {
  const [wasm, js] = Object.keys(surfaces).map((build) => record(build, 11, life(11, 5_000)));
  assert.ok(wasm.length > 5_000);
  assert.deepEqual(js, wasm);
});
