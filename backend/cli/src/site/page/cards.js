// The cards: each carries what is measured as data-eyeline-* attributes, and nothing else of the SDK's.
import { el, svg } from "/assets/dom.js";
import { address, content, look, price } from "/assets/words.js";

export const art = (item) => {
  const { kind, pattern, hue, share, title } = look(item);
  const drawn = svg("svg", { viewBox: "0 0 100 100", role: "img", "aria-label": title, class: "art" },
    svg("use", { href: `#${kind}`, class: "cloth" }),
    svg("use", { href: `#${kind}`, fill: `url(#${pattern})` }),
  );
  drawn.style.setProperty("--hue", hue);
  drawn.style.setProperty("--share", `${share}%`);
  const backdrop = el("div", { class: "backdrop" }, drawn);
  backdrop.style.setProperty("--hue", hue);
  return backdrop;
};

const measured = (item, placement, more = {}) => ({
  "data-eyeline-content": content(item),
  "data-eyeline-placement": placement,
  ...more,
});

const link = (item, ...inside) => el("a", { href: address(item), "data-go": true }, ...inside);
const fact = (item) => `${item.clicks} ${item.clicks === 1 ? "click" : "clicks"} in ${item.shown.toLocaleString("en")} showings`;

export const hero = (item) =>
  el("article", { class: "hero", ...measured(item, "hero", { "data-eyeline-position": 1 }) },
    art(item),
    el("div", { class: "words" },
      el("p", { class: "kicker" }, "The edit"),
      el("h1", {}, link(item, look(item).title)),
      el("p", { class: "teaser" }, look(item).teaser),
      el("p", { class: "fact" }, `In the data: ${fact(item)}`),
    ),
  );

// One slate: what the policy chose, with the propensities that it logged.
export const rail = (slate, placement, title) => {
  const cards = slate.items.map((item) =>
    el("li", {
      class: "card",
      ...measured(item, placement, {
        "data-eyeline-position": item.position,
        "data-eyeline-request": slate.request,
        "data-eyeline-model": slate.model,
        "data-eyeline-propensity": item.propensity,
        "data-eyeline-exploration": slate.exploration ? 1 : 0,
      }),
    },
      link(item, art(item), el("h3", {}, look(item).title)),
      el("p", { class: "price" }, price(look(item).yen)),
      el("p", { class: "fact", title: "The probability with which the policy showed this item here" }, `p = ${item.propensity.toFixed(4)}`),
    ));
  return el("section", { class: "rail", "aria-label": title },
    el("div", { class: "railhead" }, el("h2", {}, title), el("span", { class: "tag" }, slate.model.split("@")[0])),
    el("ol", { class: "cards" }, ...cards),
  );
};

export const article = (item, position) =>
  el("li", { class: "article", ...measured(item, "feed", { "data-eyeline-position": position }) },
    link(item, art(item)),
    el("div", { class: "words" },
      el("h3", {}, link(item, look(item).title)),
      el("p", { class: "teaser" }, look(item).teaser),
      el("p", { class: "fact" }, `${look(item).minutes} min · ${fact(item)}`),
    ),
  );

// A clip that plays while at least half of it is in view, as in-feed video does.
export const video = (campaign) => {
  const clip = el("video", { src: "/assets/clip.webm", muted: true, playsinline: true, controls: true, preload: "metadata", "aria-label": "A loom at work, drawn; no sound" });
  clip.muted = true;
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting && !clip.ended) clip.play().catch(() => {});
      else clip.pause();
    }, { threshold: 0.5 }).observe(clip);
  }
  return el("article", {
    class: "clip",
    "data-eyeline-content": `clip-${campaign}-loom`,
    "data-eyeline-placement": "video",
    "data-eyeline-video": true,
  },
    clip,
    el("div", { class: "words" },
      el("p", { class: "kicker" }, "Watch"),
      el("h2", {}, "How a cloth comes to be, in eight seconds"),
      el("p", { class: "teaser" }, "A video is viewable once half of it was in view for two seconds of playing."),
    ),
  );
};

// In view by its position, but nobody sees it: something lies on it.
export const covered = (item) => {
  const panel = el("div", { class: "panel" },
    el("p", {}, "This panel covers a recommendation. It is in the viewport and still does not count: nobody can see it."),
    el("button", { type: "button" }, "Uncover it"),
  );
  panel.querySelector("button").addEventListener("click", () => panel.remove());
  return el("aside", { class: "covered", "aria-label": "A covered recommendation" },
    el("div", { class: "card", ...measured(item, "covered", { "data-eyeline-position": 1 }) },
      link(item, art(item), el("h3", {}, look(item).title)),
    ),
    panel,
  );
};

// The page of one item.
export const detail = (item) =>
  el("article", { class: "detail", ...measured(item, "detail") },
    art(item),
    el("div", { class: "words" },
      el("p", { class: "kicker" }, content(item)),
      el("h1", {}, look(item).title),
      el("p", { class: "teaser" }, look(item).teaser),
      el("p", { class: "price" }, price(look(item).yen)),
      el("button", { type: "button", class: "buy" }, "Put in the basket"),
      el("p", { class: "fact" }, `In the data: ${fact(item)}`),
    ),
  );
