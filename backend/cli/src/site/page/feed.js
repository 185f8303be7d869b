// The list of articles that goes on as the reader scrolls, until the data has no more items.
import { article } from "/assets/cards.js";
import { el, json, painted } from "/assets/dom.js";

export const feed = (campaign) => {
  const list = el("ol", { class: "feed" });
  const end = el("p", { class: "end", role: "status" }, "More below");
  let next = 0;
  let busy = false;

  const more = async () => {
    if (busy || next === null) return;
    busy = true;
    try {
      const part = await json(`/api/feed?campaign=${campaign}&from=${next}`);
      const first = next;
      for (const [at, item] of part.items.entries()) {
        list.append(article(item, first + at + 1));
        if (at % 2) await painted();
      }
      next = part.next;
    } catch {
      end.textContent = "The list could not be loaded; scroll to try again";
    } finally {
      busy = false;
    }
    if (next === null) {
      seen.disconnect();
      end.textContent = "That is every item of the data";
    }
  };

  const seen = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    // Observed anew after each part: one that fits the screen would else stay in view and tell nothing.
    more().then(() => {
      seen.unobserve(end);
      if (next !== null && end.isConnected) seen.observe(end);
    });
  }, { rootMargin: "600px 0px" });
  seen.observe(end);
  return [el("h2", { class: "feedtitle" }, "Most clicked in the data"), list, end];
};
