// The collector's answer is believed only where it is the collector's.
import assert from "node:assert/strict";
import test from "node:test";
import { compiled } from "./compiled.js";

const { read: readAt, TAKEN } = await compiled("host/answer.ts");
const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);
const read = (...answer) => readAt(...answer, NOW);

test("an answer of the collector says how many events it took and which it refused", () => {
  const body = '{"v":1,"ok":46,"rejected":[{"n":103,"why":"too_large"}]}';
  assert.deepEqual(read(200, body, null), { code: TAKEN, ok: 46, rejected: [103], retryAfter: "" });
  assert.deepEqual(read(200, '{"v":1,"ok":47}', null), { code: TAKEN, ok: 47, rejected: [], retryAfter: "" });
});

test("a 200 that is not the collector's keeps the batch", () => {
  const bodies = [
    "<!doctype html><title>Log in</title>",
    "",
    "null",
    "[]",
    '"ok"',
    '{"ok":47}',
    '{"v":2,"ok":47}',
    '{"v":"1","ok":47}',
    '{"v":1,"ok":"47"}',
    '{"v":1,"ok":-1}',
    '{"v":1,"ok":4.7}',
    '{"v":1,"ok":47,"rejected":{}}',
    '{"v":1,"ok":47,"rejected":[103]}',
    '{"v":1,"ok":47,"rejected":[null]}',
    '{"v":1,"ok":47,"rejected":[{"n":103}]}',
    '{"v":1,"ok":47,"rejected":[{"n":"103","why":"other"}]}',
    `{"v":1,"ok":47,"more":"${"x".repeat(70_000)}"}`,
  ];
  for (const body of bodies) assert.equal(read(200, body, null).code, 200, body.slice(0, 60));
});

test("an answer that is no success is its status, with the pause the collector asks for", () => {
  const { code, retryAfter } = read(503, '{"v":1,"ok":47}', "120");
  assert.deepEqual([code, retryAfter], [503, "120"]);
  assert.equal(read(413, "", null).code, 413);
});

test("a pause until a date is as many seconds, rounded up; the core reads seconds alone", () => {
  const pause = (header, now = NOW) => readAt(503, "", header, now).retryAfter;
  assert.equal(pause("Wed, 21 Oct 2026 07:29:30 GMT"), "90");
  assert.equal(pause("Wed, 21 Oct 2026 07:29:30 GMT", NOW + 1), "90");
  assert.equal(pause("Wed, 21 Oct 2026 07:29:30 GMT", NOW + 999), "90");
  assert.equal(pause("Wed, 21 Oct 2026 07:00:00 GMT"), "0");
  assert.equal(pause("Someday GMT"), "NaN");
  assert.equal(pause("soon"), "soon");
});
