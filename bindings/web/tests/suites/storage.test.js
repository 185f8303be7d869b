// What the browser's storage does to a page: it is full, taken over by a newer release, or tells of another tab of the same visitor.
import assert from "node:assert/strict";
import { card, html } from "../world/html.js";
import { captured, coreRuns, flush } from "../world/in-page.js";
import { gaps } from "../world/raw.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const rendered = (world) => world.kind("render").map(({ c }) => c).sort();
const add = (page, name) => page.run((html) => document.body.insertAdjacentHTML("beforeend", html), card(name));

/** A page that has delivered what it showed, so that it has a slot of the store. */
async function stored(world) {
  const page = await world.open(world.page("/", { body: card("one") }));
  await coreRuns(page);
  await captured(page, 1);
  await until("it is delivered", () => flush(page));
  await until("it has a slot", () => page.run(() => eyeline.stats().stored));
  return page;
}

suite("storage", (test) => {
  test("a disk that is full costs no event of a page that lives on", async (world) => {
    const page = await stored(world);
    world.proxy.down();
    await page.quota(1);
    await add(page, "two");
    await captured(page, 2);
    assert.equal(await flush(page), false);
    world.proxy.up();
    await world.until("what could not be stored arrives", async () => {
      await flush(page);
      return world.kind("render").length === 2;
    });
    await page.quota();
    assert.deepEqual(rendered(world), ["one", "two"]);
    assert.deepEqual(gaps(world.events()), []);
  }, ["quota"]);

  test("a newer release takes the store over without waiting, and this page goes on", async (world) => {
    const page = await stored(world);
    const newer = await world.open(world.site.serve("/newer", html({ body: "newer" })));
    const opened = await newer.run(
      (name) =>
        new Promise((resolve) => {
          const request = indexedDB.open(name, 99);
          request.onsuccess = () => resolve("opened");
          request.onblocked = () => resolve("blocked");
        }),
      `eyeline:${world.key}`,
    );
    assert.equal(opened, "opened");
    await page.show();
    await add(page, "two");
    await captured(page, 2);
    await world.until("it arrives", async () => {
      await flush(page);
      return world.kind("render").length === 2;
    });
    assert.deepEqual(rendered(world), ["one", "two"]);
  });

  test("what a visitor denies in one tab holds in the others at once", async (world) => {
    const page = await stored(world);
    const other = await world.open(world.page("/other", { body: card("three") }));
    await coreRuns(other);
    await until("it is delivered", () => flush(other));
    world.proxy.down();
    await page.show();
    const before = await page.run(() => eyeline.stats().captured);
    await add(page, "two");
    await captured(page, before + 1);
    assert.equal(await flush(page), false);
    await other.run(() => eyeline.consent("denied"));
    await until("the first tab gives up what it held", async () => {
      const { lost, queued } = await page.run(() => eyeline.stats());
      return lost.consent_withdrawn > 0 && queued === 0;
    });
    world.proxy.up();
    const sent = world.proxy.requests.length;
    await add(page, "four");
    await flush(page);
    assert.equal(world.proxy.requests.length, sent);
  });
});
