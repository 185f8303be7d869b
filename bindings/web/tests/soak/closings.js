// Tabs closed at random moments, in every way there is.
import { CLOSINGS, launch } from "../browsers/index.js";
import { arrived, settled } from "./arrival.js";
import { soakPage, witnessed } from "./page.js";

/** A tab is closed at a random moment up to here after it began to load. */
const CLOSED_BEFORE_MS = 2_500;

/** Closes `times` tabs of one engine and counts what became of what they showed. */
export async function closings(engine, times, place, count, goesOn) {
  if (times === 0) return;
  const browser = await launch(engine);
  const left = [];
  try {
    for (let i = 0; i < times && goesOn(); i++) {
      const way = CLOSINGS[i % CLOSINGS.length];
      const name = `${engine}-close-${i}`;
      const opening = browser.openByLink(soakPage(place.site, name, place.settings), { loaded: false });
      const moment = Math.random() * CLOSED_BEFORE_MS;
      const page = await opening;
      await new Promise((resolve) => setTimeout(resolve, moment));
      await page.close(way);
      const seen = witnessed(place.site).filter(({ content }) => content.startsWith(`${name}-`));
      await settled(place, seen);
      const atOnce = arrived(place);
      const missing = seen.filter(({ content }) => !atOnce.has(content));
      if (missing.length > 0) await nextVisit(browser, place, missing);
      left.push({ way, seen, atOnce });
    }
    // What a short visit left is still there for the next one; lost is only what never comes.
    const all = left.flatMap(({ seen }) => seen);
    await nextVisit(browser, place, all);
    const later = arrived(place);
    for (const { way, seen, atOnce } of left) count.add(engine, way, seen, atOnce, later);
  } finally {
    await browser.close();
  }
}

/** Another page of the site, with the SDK on it and no content: what was kept goes out. */
async function nextVisit(browser, place, missing) {
  const page = await browser.open(place.visitUrl);
  await settled(place, missing, { visiting: true });
  await page.close();
}
