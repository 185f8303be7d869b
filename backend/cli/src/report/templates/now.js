// The live page: what was accepted since the process started, drawn anew whenever the stream says so.
(() => {
  const root = document.documentElement;
  const page = document.querySelector("section[data-now]");
  const place = (name) => page.querySelector(`[data-now="${name}"]`);
  const tell = (name, words) => {
    place(name).textContent = words;
  };
  const digits = new Intl.NumberFormat("en");
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const time = (ms) => (ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, "0")} min`);

  // Below this many a rate says more about chance than about the page.
  const LEAST = 20;
  // Wilson's interval at 95 % (E. B. Wilson, JASA 22, 1927).
  const interval = (part, whole) => {
    const [z, share] = [1.959964, part / whole];
    const middle = (share + z ** 2 / (2 * whole)) / (1 + z ** 2 / whole);
    const half = (z / (1 + z ** 2 / whole)) * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2));
    return `[${(100 * (middle - half)).toFixed(1)}, ${(100 * (middle + half)).toFixed(1)}]`;
  };
  const rate = (sums) => (sums.measurable < LEAST ? "–" : percent(sums.viewable / sums.measurable));
  const dwell = (sums) => (sums.dwelled ? time(sums.visible_ms / sums.dwelled) : "–");

  const rows = (name, list, cells) => {
    const made = list.map((one) => {
      const row = document.createElement("tr");
      cells(one).forEach((cell, at) => {
        const td = document.createElement("td");
        td.append(cell);
        if (place(name).tHead.rows[0].cells[at].classList.contains("numeric")) td.className = "numeric";
        row.append(td);
      });
      return row;
    });
    place(name).tBodies[0].replaceChildren(...made);
  };

  let seen = null;
  let loaded = null;
  const inLake = (name, number) => tell(`${name}-lake`, `${number} in the lake`);

  const show = () => {
    if (!seen) return;
    const { total, losses } = seen;
    const missing = losses.reduce((sum, loss) => sum + loss.events, 0);
    tell("since", clock.format(seen.since_ms));
    tell("served", digits.format(total.served));
    tell("rendered", digits.format(total.rendered));
    tell("rate", rate(total));
    tell("rate-interval", total.measurable < LEAST ? `shown from ${LEAST} on` : interval(total.viewable, total.measurable));
    tell("dwell", dwell(total));
    tell("engaged", time(total.engaged_ms));
    tell("clicks", digits.format(total.clicks));
    tell("missing", digits.format(missing));
    tell("missing-note", `of ${digits.format(total.events + missing)} captured`);
    if (loaded) {
      inLake("rendered", digits.format(loaded.rendered));
      inLake("viewable", `${digits.format(total.viewable)} viewable, ${digits.format(loaded.viewable)}`);
      inLake("dwell", `${time(total.visible_ms)} in all, ${time(loaded.visible_ms)}`);
      inLake("engaged", time(loaded.engaged_ms));
      inLake("clicks", digits.format(loaded.clicks));
      const whole = loaded.events >= total.events;
      tell("lake", whole ? `it holds all ${digits.format(loaded.events)} events of it` : `it holds ${digits.format(loaded.events)} of ${digits.format(total.events)} events`);
    }
    rows("placements", seen.placements, (one) => [one.name, digits.format(one.served), digits.format(one.rendered), digits.format(one.viewable), rate(one), dwell(one), time(one.engaged_ms), digits.format(one.clicks)]);
    rows("paths", seen.paths, (one) => [one.name, digits.format(one.events), digits.format(one.rendered), digits.format(one.viewable)]);
    rows("losses", losses, (one) => [one.reason.replaceAll("_", " "), digits.format(one.events)]);
    rows("recent", seen.recent, (one) => {
      const kind = document.createElement("span");
      kind.className = `kind ${one.kind}`;
      kind.textContent = one.kind;
      return [clock.format(one.received_ms), kind, one.about, one.placement, one.path];
    });
  };

  // Events a second: one bar a second, as the browser saw the counts grow.
  const SECONDS = 120;
  let bars = [];
  let counted = null;
  const pace = () => {
    const now = Math.floor(Date.now() / 1000);
    bars = bars.filter((bar) => bar.at > now - SECONDS);
    const most = Math.max(4, ...bars.map((bar) => bar.events));
    place("pace").replaceChildren(...bars.map((bar) => {
      const high = (bar.events / most) * 38;
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: 240 - (now - bar.at + 1) * 2, y: 40 - high, width: 1.6, height: high })) rect.setAttribute(name, value);
      return rect;
    }));
    if (bars.length) setTimeout(pace, 1000);
  };
  const count = (events) => {
    const grown = counted === null ? 0 : events - counted;
    counted = events;
    if (grown <= 0) return;
    const at = Math.floor(Date.now() / 1000);
    const idle = bars.length === 0;
    if (bars.at(-1)?.at === at) bars.at(-1).events += grown;
    else bars.push({ at, events: grown });
    if (idle) pace();
  };

  root.addEventListener("eyeline:seen", (event) => {
    seen = event.detail;
    count(seen.total.events);
    show();
  });
  root.addEventListener("eyeline:loaded", (event) => {
    loaded = event.detail;
    show();
  });
})();
