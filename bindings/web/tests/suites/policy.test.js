// Strict pages: Content-Security-Policy with and without wasm, strict-dynamic, Trusted Types, Subresource Integrity.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { card, html, tag } from "../world/html.js";
import { captured, coreRuns, flush, lives } from "../world/in-page.js";
import { DIST } from "../world/site.js";
import { suite } from "../world/world.js";

const NONCE = "r4nd0m";
const A_SECOND_AND_A_BIT = 1_250;

/** Opens a page under a policy; gives which build of the core ran and which violations the page reported. */
async function under(world, policy, { nonce, tagOptions } = {}) {
  const headers = { "content-security-policy": policy.replaceAll("COLLECTOR", world.proxy.address) };
  const page = await world.open(world.page("/", { headers, body: card("one"), nonce, tagOptions }));
  const path = await coreRuns(page);
  await lives(page, A_SECOND_AND_A_BIT);
  await flush(page);
  const viewable = await world.event("viewable", "one");
  return { path, viewable, violations: await page.run(() => window.violations) };
}

const BASE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; connect-src 'self' COLLECTOR;";

suite("policy", (test) => {
  test("a page that allows wasm gets wasm", async (world) => {
    const { path, viewable, violations } = await under(world, `${BASE} script-src 'self' 'wasm-unsafe-eval'`);
    assert.deepEqual([path, violations], ["wasm", []]);
    assert.match(viewable.sdk, /^web\//);
  });

  test("a page whose policy refuses wasm is measured by the JavaScript build, and says so", async (world) => {
    const { path, viewable, violations } = await under(world, `${BASE} script-src 'self'`);
    assert.equal(path, "js");
    assert.match(viewable.sdk, /^web-js\//);
    assert.ok(violations.every((violation) => /wasm/.test(violation)), violations.join());
  });

  test("nonce and strict-dynamic are enough", async (world) => {
    const { path, violations } = await under(world, `${BASE} script-src 'nonce-${NONCE}' 'strict-dynamic' 'wasm-unsafe-eval'`, { nonce: NONCE });
    assert.deepEqual([path, violations], ["wasm", []]);
  });

  test("nonce and strict-dynamic without wasm", async (world) => {
    const { path } = await under(world, `${BASE} script-src 'nonce-${NONCE}' 'strict-dynamic'`, { nonce: NONCE });
    assert.equal(path, "js");
  });

  test("Trusted Types for scripts, and no policy may be made", async (world) => {
    const policy = `${BASE} script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'`;
    const { path, violations } = await under(world, policy);
    assert.deepEqual([path, violations], ["wasm", []]);
  });

  test("Trusted Types and no wasm", async (world) => {
    const { path } = await under(world, `${BASE} script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`);
    assert.equal(path, "js");
  });

  test("the pinned file comes from another origin with its integrity checked", async (world) => {
    const sri = JSON.parse(readFileSync(join(DIST, "sri.json"), "utf8"));
    const [name, integrity] = Object.entries(sri).find(([name]) => /^eyeline-\d[^/]*\.js$/.test(name));
    const src = `${world.site.elsewhere}/sdk/${name}`;
    world.site.serve("/", html({ head: tag(world.settings(), { src, extra: `integrity="${integrity}" crossorigin="anonymous"` }), body: card("one") }));
    const page = await world.open(`${world.site.origin}/`);
    assert.equal(await coreRuns(page), "wasm");
    await captured(page, 1);
    await flush(page);
    await world.event("render", "one");
  });

  test("a file that was tampered with does not run", async (world) => {
    const wrong = `sha384-${Buffer.alloc(48).toString("base64")}`;
    const extra = `integrity="${wrong}" crossorigin="anonymous"`;
    world.site.serve("/", html({ head: tag(world.settings(), { extra }), body: card("one") }));
    const page = await world.open(`${world.site.origin}/`);
    await lives(page, A_SECOND_AND_A_BIT);
    assert.equal(await page.run(() => typeof globalThis.eyeline), "undefined");
    assert.deepEqual(world.proxy.requests, []);
    world.expectedFaults.push(/integrity/i);
  });
});
