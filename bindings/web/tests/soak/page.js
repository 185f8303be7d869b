// The page of the soak: content that comes bit by bit, and a witness beside the SDK which tells the site what was on screen.
import { card, html, tag } from "../world/html.js";

/** Cards a page shows, one after the other. */
export const CARDS = 4;
/** How long after each other they come. */
const CARD_EVERY_MS = 150;
/** How often the page becomes another one, as single-page apps do: a sealed batch each time. */
const PAGE_EVERY_MS = 1_000;

/**
 * Tells the site at once (a synchronous request: it is there before the next line runs) which content was on screen for a whole
 * frame while the SDK was running. What nobody could have recorded, because no script of ours had come yet, is not told.
 */
const WITNESS = `
  const tell = (what) => { const request = new XMLHttpRequest(); request.open("POST", "/witness/" + what, false); try { request.send(); } catch {} };
  const shown = new Map(), told = new Set();
  const observer = new IntersectionObserver((entries) => { for (const { target, isIntersecting } of entries) if (isIntersecting) shown.set(target.id, 0); });
  const frame = () => {
    if (globalThis.eyeline) for (const [id, frames] of shown) {
      if (told.has(id)) continue;
      if (frames >= 1) { told.add(id); tell(id + "?" + (eyeline.stats ? eyeline.stats().path : "first")); } else shown.set(id, frames + 1);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);`;

/**
 * Serves a page whose cards are called `<name>-1` and so on, and gives its address.
 * @param {import("../world/site.js").Site} site
 * @param {{ turning?: boolean }} [options] `turning`: its path changes now and then
 */
export function soakPage(site, name, settings, { turning = false } = {}) {
  const cards = Array.from({ length: CARDS }, (_, i) => card(`${name}-${i + 1}`, { position: i + 1 }));
  const script = `${WITNESS}
    const cards = ${JSON.stringify(cards)};
    const add = () => {
      document.body.insertAdjacentHTML("beforeend", cards.shift());
      observer.observe(document.body.lastElementChild);
      if (cards.length) setTimeout(add, ${CARD_EVERY_MS});
    };
    add();
    ${turning ? `let turn = 0; setInterval(() => history.replaceState({}, "", "/${name}/" + ++turn), ${PAGE_EVERY_MS});` : ""}`;
  return site.serve(`/${name}`, html({ head: tag(settings), body: `<script>${script}</script>`, title: name }));
}

/** What the witness told so far: content, and which part of the SDK was at work. */
export function witnessed(site) {
  return site.requests
    .filter(({ url }) => url.startsWith("/witness/"))
    .map(({ url }) => {
      const [content, path] = url.slice("/witness/".length).split("?");
      return { content, path };
    });
}
