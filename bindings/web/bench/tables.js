// The tables as they stand in docs/benchmarks.md.
const line = (cells) => `| ${cells.join(" | ")} |`;
const table = (heads, rows) => [line(heads), `|---|${"---:|".repeat(heads.length - 1)}`, ...rows.map(line)].join("\n");

export const sizesTable = (rows) => table(["what a visitor loads", "brotli -q 11, bytes"], rows.map(({ what, bytes }) => [what, bytes.toLocaleString("en")]));

export const costTable = (rows) =>
  table(
    ["", "CPU ms an event, net", "requests per 100", "body bytes an event", "idle 10 s, ms", "scroll 6 s, ms", "init ms, net", "init at 4×, net", "with 30 cards for 1 s, net", "that at 4×, net", "longest task, ms"],
    rows.map(({ name, event, requests, bytes, idle, scroll, start, startSlow, init, initSlow, longest }) => [
      name, event.toFixed(2), requests, Number.isFinite(bytes) ? Math.round(bytes) : "–", idle.toFixed(1), scroll.toFixed(0), start.toFixed(1), startSlow.toFixed(1), init.toFixed(1), initSlow.toFixed(1), longest.toFixed(1),
    ]),
  );

export const splitTable = (rows) =>
  table(["the main thread's ms while ours starts (traced)", "no content", "30 cards for 1 s"], rows.map(({ what, empty, cards }) => [what, empty.toFixed(2), cards.toFixed(2)]));

export const correctTable = (rows) => table(["", ...Object.keys(rows[0].found)], rows.map(({ name, found }) => [name, ...Object.values(found)]));

export const demoTable = (rows) =>
  table(
    ["the demo's page at 4×", "tasks over 50 ms", "longest task, ms", "our longest share of a task, ms", "ours in all, ms"],
    rows.map(({ name, long, longest, oursLongest, ours }) => [name, long, longest.toFixed(1), oursLongest.toFixed(1), ours.toFixed(0)]),
  );
