// Video and audio: quartiles, what was really played, and what was skipped.
import assert from "node:assert/strict";
import { coreRuns, flush } from "../world/in-page.js";
import { wav } from "../world/sound.js";
import { until } from "../world/until.js";
import { suite } from "../world/world.js";

const SECONDS = 4;
/** Players report their position about four times a second. */
const A_STEP_MS = 400;

const PLAYER = `<video id="v" src="/tone.wav" muted playsinline width="400" height="225" data-eyeline-content="clip" data-eyeline-placement="player"></video>`;

async function playing(world) {
  world.site.serve("/tone.wav", wav(SECONDS));
  const page = await world.open(world.page("/", { body: PLAYER }));
  await coreRuns(page);
  await page.run(() => document.getElementById("v").play());
  return page;
}

const ended = (page) => until("the clip has ended", () => page.run(() => document.getElementById("v").ended), { within: 60_000 });

suite("media", (test) => {
  test("a clip played to its end tells start, quartiles and completion, and is viewable after two seconds played", async (world) => {
    const page = await playing(world);
    await ended(page);
    await flush(page);
    await world.until("completion arrives", () => world.kind("media").some(({ st }) => st === "complete"));
    const media = world.kind("media");
    assert.deepEqual(media.map(({ st }) => st), ["start", "q25", "q50", "q75", "complete"]);
    for (const event of media) {
      assert.deepEqual([event.c, event.pl, event.ml, event.mu], ["clip", "player", SECONDS * 1_000, 1]);
    }
    media.forEach(({ st, mp, mw }, index) => {
      const share = index / 4;
      assert.ok(mp >= share * SECONDS * 1_000 - 1 && mp <= share * SECONDS * 1_000 + A_STEP_MS * 2, `${st} at ${mp}`);
      assert.ok(Math.abs(mw - mp) <= A_STEP_MS * 2, `${st}: watched ${mw} at ${mp}`);
    });
    const viewable = await world.event("viewable", "clip");
    assert.equal(viewable.rule, "mrc50_2s_video");
  });

  test("what was skipped is not watched; pause and resume are told", async (world) => {
    const page = await playing(world);
    await until("it plays", () => page.run(() => document.getElementById("v").currentTime > 0.3));
    const at = () => page.run(() => document.getElementById("v").currentTime);
    await page.run(() => document.getElementById("v").pause());
    const from = await at();
    await page.run(() => void (document.getElementById("v").currentTime = 3));
    await until("it has jumped", async () => (await at()) >= 2.9);
    await page.run(() => void document.getElementById("v").play());
    const skipped = 3 - from;
    await ended(page);
    await flush(page);
    const complete = await world.until("completion arrives", () => world.kind("media").find(({ st }) => st === "complete"));
    const watched = (SECONDS - skipped) * 1_000;
    assert.ok(Math.abs(complete.mw - watched) <= A_STEP_MS * 2, `watched ${complete.mw}, played ${watched}`);
    const states = world.kind("media").map(({ st }) => st);
    assert.ok(states.indexOf("pause") > 0 && states.indexOf("resume") > states.indexOf("pause"), states.join(" "));
  });
});
