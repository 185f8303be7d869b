// The tests' own tools: what a page posts by itself is read back from the collector's files, in every engine.
import assert from "node:assert/strict";
import { CLOSINGS } from "../browsers/index.js";
import { html } from "../world/html.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

/** A batch of one render, written by hand. */
function batch(inst, content) {
  return {
    v: "1-0-0", inst, bn: 1, sdk: "hand/1", t0: Date.now(),
    src: { aff: "my-site", site: "localhost", page: "/" },
    dev: { cls: "desktop", os: "x", lang: "en", tz: 0, vw: 1, vh: 1 },
    usr: { anon: "c29tZWJvZHktaGVy", sid: "c2Vzc2lvbi1mb3Vy", sn: 1 },
    con: { mode: "full", gpc: 0, coppa: 0 }, sr: 1,
    loss: { cap: 1 },
    ev: [{ k: "render", n: 1, dt: 5, imp: 1, c: content, pl: "list", ms: 1 }],
  };
}

const POST = `addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") navigator.sendBeacon(window.target, window.body);
});`;

suite("harness", (test) => {
  test("a page's POST to another origin is read back from the raw files", async (world) => {
    const page = await world.open(world.site.serve("/", html({ body: "hello" })));
    const status = await page.run(
      (url, body) => fetch(url, { method: "POST", body, credentials: "omit" }).then((answer) => answer.status),
      `${world.proxy.address}/v1/batch?k=${world.key}&w=${Date.now()}&a=1`,
      JSON.stringify(batch("aaaaaaaaaaaaaaaa", "one")),
    );
    assert.equal(status, 200);
    const event = await world.event("render", "one");
    assert.deepEqual([event.inst, event.n, event.pl], ["aaaaaaaaaaaaaaaa", 1, "list"]);
  });

  for (const how of CLOSINGS) {
    test(`a tab closed (${how}) runs its last handlers`, async (world) => {
      const page = await world.openByLink(world.site.serve("/", html({ head: `<script>${POST}</script>` })));
      await page.run(
        (url, body) => {
          window.target = url;
          window.body = body;
        },
        `${world.proxy.address}/v1/batch?k=${world.key}&w=${Date.now()}&a=1`,
        JSON.stringify(batch("bbbbbbbbbbbbbbbb", "last")),
      );
      await page.close(how);
      await world.event("render", "last");
    });
  }

  test("a hidden tab is hidden, and visible again", async (world) => {
    const page = await world.open(world.site.serve("/", html({})));
    const state = (wanted) => until(wanted, async () => (await page.run(() => document.visibilityState)) === wanted);
    await state("visible");
    await page.hide();
    await state("hidden");
    await page.show();
    await state("visible");
  });

  test("a click is a real one", async (world) => {
    const page = await world.open(
      world.site.serve("/", html({ body: `<button id="b" onclick="window.trusted = event.isTrusted">b</button>` })),
    );
    await page.click("#b");
    assert.equal(await page.run(() => window.trusted), true);
  });

  test("a network that is down is down, and back at once", async (world) => {
    const page = await world.open(world.site.serve("/", html({})));
    const reach = () =>
      page.run((url) => fetch(url, { mode: "no-cors" }).then(() => true, () => false), `${world.proxy.address}/health`);
    assert.equal(await reach(), true);
    world.proxy.down();
    assert.equal(await reach(), false);
    world.proxy.up();
    assert.equal(await reach(), true);
  });

  test("an exception in a page is seen", async (world) => {
    await world.open(world.site.serve("/", html({ head: "<script>throw new Error('on purpose')</script>" })));
    await until("the fault is reported", () => world.faults().some((fault) => fault.includes("on purpose")));
    world.expectedFaults.push(/on purpose/);
  });
});
