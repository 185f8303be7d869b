// Bytes on their way that outlive the page never exceed what is believed to be free.
import assert from "node:assert/strict";
import test from "node:test";
import { compiled } from "./compiled.js";

const { Ledger, KEEPALIVE_BYTES_MAX } = await compiled("host/ledger.ts");

test("the ceiling holds for all requests together", () => {
  const ledger = new Ledger();
  assert.ok(ledger.take(40_000));
  assert.ok(!ledger.take(20_001));
  assert.ok(ledger.take(20_000));
  ledger.release(40_000);
  assert.ok(ledger.take(40_000));
});

test("the ceiling leaves room below the browser's 64 KiB", () => assert.ok(KEEPALIVE_BYTES_MAX < 65_536));

test("what was refused is not tried at the same size again, and the belief is halved", () => {
  const ledger = new Ledger();
  ledger.refused(50_000);
  assert.ok(!ledger.take(30_001));
  assert.ok(ledger.take(30_000));
  ledger.release(30_000);
  ledger.refused(500);
  assert.ok(!ledger.take(500));
});

test("what gets through lets the belief grow back, never beyond the ceiling", () => {
  const ledger = new Ledger();
  ledger.refused(1);
  for (let i = 0; i < 10; i++) ledger.passed();
  assert.ok(ledger.take(KEEPALIVE_BYTES_MAX));
  assert.ok(!ledger.take(1));
});
