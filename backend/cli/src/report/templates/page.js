// Pages one at a time, tables that sort, filter and download. Without this script everything shows at once.
(() => {
  const root = document.documentElement;
  const pages = () => [...document.querySelectorAll("section.page")];

  // Ids become names, so that the browser does not scroll to a page that is the only one shown anyway.
  const name = () => {
    for (const one of pages().filter((page) => page.id)) {
      one.dataset.page = one.id;
      one.removeAttribute("id");
    }
  };

  const show = () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const page = pages().find((one) => one.dataset.page === wanted) ?? pages()[0];
    for (const one of pages()) one.classList.toggle("shown", one === page);
    for (const link of document.querySelectorAll("nav.pages a")) {
      if (link.hash === `#${page?.dataset.page}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.querySelector("nav.pages a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const number = (text) => (text === "" ? NaN : Number(text));
  const compare = (a, b, numeric) => {
    if (!numeric) return a.localeCompare(b);
    const [x, y] = [number(a), number(b)];
    if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 2;
    if (Number.isNaN(y)) return -2;
    return Math.sign(x - y);
  };

  const sort = (head) => {
    const table = head.closest("table");
    const column = head.cellIndex;
    const numeric = head.classList.contains("numeric");
    const down = head.getAttribute("aria-sort") === (numeric ? null : "ascending") || head.getAttribute("aria-sort") === "ascending";
    const first = head.getAttribute("aria-sort") === null;
    const descending = first ? numeric : down;
    for (const one of head.parentElement.cells) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row, at) => ({ row, at, key: row.cells[column].dataset.sort }));
    rows.sort((a, b) => {
      const order = compare(a.key, b.key, numeric);
      // Held back values stay at the end whichever way the column runs.
      return Math.abs(order) === 2 ? order : (descending ? -order : order) || a.at - b.at;
    });
    table.tBodies[0].append(...rows.map((one) => one.row));
  };

  const filter = (input) => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of input.closest(".table").querySelectorAll("tbody tr")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  };

  const download = (button) => {
    const table = button.closest(".table").querySelector("table");
    const quoted = (cell) => `"${cell.innerText.trim().replaceAll('"', '""')}"`;
    const lines = [...table.rows].map((row) => [...row.cells].map(quoted).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n")], { type: "text/csv" }));
    link.download = `${button.dataset.name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const dress = () => {
    for (const head of document.querySelectorAll("th:not(:has(button))")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
    }
    name();
    show();
  };

  document.addEventListener("click", (event) => {
    const head = event.target.closest("th button");
    if (head) sort(head.closest("th"));
    const csv = event.target.closest("button.csv");
    if (csv) download(csv);
  });
  document.addEventListener("input", (event) => event.target.matches(".table input") && filter(event.target));
  addEventListener("hashchange", () => {
    show();
    scrollTo(0, 0);
  });

  root.classList.add("scripted");
  root.addEventListener("eyeline:renewed", dress);
  dress();
  // The address may name a page: start at its top all the same, not below the header.
  addEventListener("load", () => scrollTo(0, 0));
})();
