// The live strip: running counts, and the pages fetched again after each commit without losing the reader's place.
(() => {
  const root = document.documentElement;
  const state = document.getElementById("state");
  const digits = new Intl.NumberFormat("en");
  let commit = document.getElementById("commit")?.textContent ?? "";
  let wanted = commit;
  let busy = false;

  const tell = (word, on) => {
    state.textContent = word;
    document.getElementById("pulse").classList.toggle("on", on);
  };

  const renew = async () => {
    if (busy || wanted === commit) return;
    // A reader who types in a filter is left alone until the field is empty.
    if ([...document.querySelectorAll(".table input")].some((input) => input.value)) return;
    busy = true;
    const target = wanted;
    try {
      const answer = await fetch("/", { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      // The live page goes on as it stands: what it shows is newer than any commit.
      fresh.querySelector("[data-now]").replaceWith(document.querySelector("[data-now]"));
      for (const part of ["main", "header.top", "nav.pages"]) {
        document.querySelector(part).replaceWith(fresh.querySelector(part));
      }
      commit = target;
      root.dispatchEvent(new Event("eyeline:renewed"));
      tell(`live, commit ${document.getElementById("commit")?.textContent}`, true);
    } catch {
      tell("report not available, trying again", false);
      setTimeout(renew, 3000);
    } finally {
      busy = false;
    }
    if (wanted !== commit) renew();
  };

  const source = new EventSource("/live");
  source.addEventListener("open", () => tell("live", true));
  source.addEventListener("error", () => tell("not connected, trying again", false));
  source.addEventListener("counts", (event) => {
    for (const [name, count] of Object.entries(JSON.parse(event.data))) {
      const place = document.querySelector(`[data-count="${name}"]`);
      if (place) place.textContent = digits.format(count);
    }
  });
  for (const name of ["seen", "loaded"]) {
    source.addEventListener(name, (event) => {
      root.dispatchEvent(new CustomEvent(`eyeline:${name}`, { detail: JSON.parse(event.data) }));
    });
  }
  source.addEventListener("commit", (event) => {
    wanted = event.data;
    renew();
  });
  document.addEventListener("input", () => setTimeout(renew, 0));
})();
