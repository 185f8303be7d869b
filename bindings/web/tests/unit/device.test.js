// Device class and system by real user agents.
import assert from "node:assert/strict";
import test from "node:test";
import { compiled } from "./compiled.js";

const { classOf, systemOf } = await compiled("host/device.ts");

const CASES = [
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", 5, undefined, "phone", "iOS 18.1"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", 5, undefined, "tablet", "iOS"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", 0, undefined, "desktop", "macOS"],
  ["Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", 5, { mobile: true, platform: "Android" }, "phone", "Android"],
  ["Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", 5, undefined, "tablet", "Android 13"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", 0, undefined, "desktop", "Windows"],
  ["Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", 0, undefined, "desktop", "Chrome OS"],
  ["something of its own", 0, undefined, "desktop", ""],
];

for (const [ua, touch, hints, cls, system] of CASES) {
  test(`${cls} ${system}: ${ua.slice(13, 60)}`, () => {
    assert.deepEqual([classOf(ua, touch, hints), systemOf(ua, touch, hints)], [cls, system]);
  });
}
