// Browsers killed at random moments with everything they run, and started again on the same profile.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { visit } from "../browsers/visit.js";
import { until } from "../world/until.js";
import { arrived, settled } from "./arrival.js";
import { soakPage, witnessed } from "./page.js";

/** A browser is killed at a random moment up to here after its page first asked for something. */
const KILLED_BEFORE_MS = 4_000;

/** Kills a browser `times` times and counts what became of what it showed. */
export async function kills(engine, times, place, count, goesOn) {
  for (let i = 0; i < times && goesOn(); i++) {
    const profile = mkdtempSync(join(tmpdir(), `eyeline-soak-${engine}-`));
    try {
      const name = `${engine}-kill-${i}`;
      const url = soakPage(place.site, name, place.settings, { turning: true });
      const first = await visit(engine, profile, url);
      await until("the page is asked for", () => place.site.requests.some((request) => request.url === `/${name}`), { within: 60_000 });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * KILLED_BEFORE_MS));
      await first.kill();
      const seen = witnessed(place.site).filter(({ content }) => content.startsWith(`${name}-`));
      await settled(place, seen);
      const atOnce = arrived(place);
      const second = await visit(engine, profile, place.visitUrl);
      await settled(place, seen, { visiting: true });
      await second.kill();
      count.add(engine, "kill -9", seen, atOnce, arrived(place));
    } finally {
      rmSync(profile, { recursive: true, force: true });
    }
  }
}
