// The npm package: an application of React in its strict mode, bundled from what is published.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { html } from "../world/html.js";
import { DIST } from "../world/site.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

/** Bundles `source` as an application would be, beside the engine's files, and serves a page with it. */
async function application(world, source) {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: "jsx", resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    splitting: true,
    write: false,
    logLevel: "error",
    format: "esm",
    outdir: "/app",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    alias: { "@eyeline/web/react": `${DIST}/npm/react.js`, "@eyeline/web": `${DIST}/npm/index.js` },
  });
  for (const { path, contents } of outputFiles) world.site.serve(path, Buffer.from(contents));
  for (const name of readdirSync(`${DIST}/npm`).filter((name) => name.startsWith("eyeline-core"))) {
    world.site.serve(`/app/${name}`, readFileSync(`${DIST}/npm/${name}`));
  }
  const settings = JSON.stringify(world.settings());
  const head = `<script>globalThis.SETTINGS = ${settings}</script><script type="module" src="/app/stdin.js"></script>`;
  return world.open(world.site.serve("/", html({ head, body: '<div id="root"></div>' })));
}

const APP = `
  import { StrictMode, useState } from "react";
  import { createRoot } from "react-dom/client";
  import { Impression, useEyeline, useImpression } from "@eyeline/web/react";

  function Card({ item }) {
    const ref = useImpression({ content: item, placement: "list", position: 1 });
    return <div ref={ref} className="card">{item}</div>;
  }
  function App() {
    const handle = useEyeline(SETTINGS);
    globalThis.handle = handle;
    const [item, show] = useState("first");
    globalThis.show = show;
    return <><Card item={item} /><Impression as="article" className="card" what={{ content: "teaser", placement: "top" }}>teaser</Impression></>;
  }
  createRoot(document.getElementById("root")).render(<StrictMode><App /></StrictMode>);
`;

const contents = (world) => world.kind("render").map(({ c }) => c).sort();

suite("npm", (test) => {
  test("a React application in strict mode shows each content once; what changes is seen anew", async (world) => {
    const page = await application(world, APP);
    await until("the core runs", () => page.run(() => globalThis.handle?.stats().path === "wasm"));
    await until("both are viewable", async () => {
      await page.run(() => handle.flush());
      return world.kind("viewable").length === 2;
    });
    assert.deepEqual(contents(world), ["first", "teaser"]);
    await page.run(() => show("second"));
    await world.until("the change is seen", async () => {
      await page.run(() => handle.flush());
      return contents(world).includes("second");
    });
    assert.deepEqual(contents(world), ["first", "second", "teaser"]);
    assert.deepEqual(world.kind("hide").map(({ c, why }) => [c, why]), [["first", "changed"]]);
  });

  test("calls from before the start wait for it, and a second start changes nothing", async (world) => {
    const page = await application(
      world,
      `import { start, eyeline } from "@eyeline/web";
       eyeline.convert("early", { value: 100, currency: "EUR" });
       globalThis.handle = start(SETTINGS);
       globalThis.same = start({ ...SETTINGS, affiliate: "another" }) === handle;
       globalThis.delivered = handle.flush();`,
    );
    assert.equal(await page.run(() => globalThis.delivered), true);
    const early = await world.until("the early call arrives", () => world.kind("convert")[0]);
    assert.deepEqual([early.goal, early.val, early.cur, early.line.b.src.aff], ["early", 100, "EUR", "my-site"]);
    assert.equal(await page.run(() => globalThis.same), true);
    await page.run(() => handle.stop());
    assert.equal(await page.run(() => handle.stats().captured), 0);
  });
});
