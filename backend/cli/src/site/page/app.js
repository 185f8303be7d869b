// Draws the page that the address names, and moves between pages without loading them anew.
import { covered, detail, hero, rail, video } from "/assets/cards.js";
import { el, json, painted } from "/assets/dom.js";
import { feed } from "/assets/feed.js";
import { content, look } from "/assets/words.js";

const main = document.getElementById("main");
const policy = document.body.dataset.policy;
let turn = 0;

// Asks for a slate, and says that it was served: whether or not it is ever seen.
const served = async (placement, campaign) => {
  const chosen = await json(`/api/slate?campaign=${campaign}&policy=${policy}`);
  eyeline("serve", { content: content(chosen.items[0]), placement, request: chosen.request, model: chosen.model });
  return chosen;
};

const section = async (campaign) => {
  const [top, middle, chosen] = await Promise.all([
    served("recs-top", campaign),
    served("recs-middle", campaign),
    json(`/api/feed?campaign=${campaign}&from=0`),
  ]);
  return [
    hero(chosen.items[0]),
    rail(top, "recs-top", "Picked for you"),
    video(campaign),
    covered(chosen.items[1]),
    rail(middle, "recs-middle", "You may also like"),
    ...feed(campaign),
  ];
};

const item = async (campaign, number) => {
  const [one, related] = await Promise.all([
    json(`/api/item?campaign=${campaign}&item=${number}`),
    served("related", campaign),
  ]);
  const shown = detail(one);
  shown.querySelector(".buy").addEventListener("click", (event) => {
    eyeline("convert", "basket", { value: look(one).yen, currency: "JPY" });
    event.currentTarget.textContent = "In the basket";
    event.currentTarget.disabled = true;
  });
  return [shown, rail(related, "related", "Goes with it")];
};

const draw = async () => {
  const mine = ++turn;
  const [, first, campaign, number] = location.pathname.split("/");
  const parts = await (first === "item" ? item(campaign, number) : section(first || "all")).catch(() => [
    el("p", { class: "notice" }, "This page could not be loaded. "), el("a", { href: "/" }, "Back to today"),
  ]);
  // Another page was asked for meanwhile.
  if (mine !== turn) return;
  main.replaceChildren(parts[0]);
  const title = main.querySelector("h1")?.textContent;
  document.title = first === "item" && title ? `${title} · Threadline` : "Threadline";
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.pathname === location.pathname;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const part of parts.slice(1)) {
    await painted();
    if (mine !== turn) return;
    main.append(part);
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented) return;
  event.preventDefault();
  history.pushState(null, "", link.pathname + location.search);
  scrollTo(0, 0);
  draw().then(() => main.focus({ preventScroll: true }));
});
addEventListener("popstate", draw);
draw();
