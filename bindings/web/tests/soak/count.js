// What became of each piece of content that was on screen: delivered at once, at the next visit, or lost, and why.

export class Count {
  constructor() {
    this.rows = new Map();
  }

  /** One closing or kill: `seen` by the witness, `atOnce` and `later` the content that had arrived by then. */
  add(engine, way, seen, atOnce, later) {
    const row = this.#row(engine, way);
    row.times++;
    for (const { content, path } of seen) {
      row.seen++;
      if (atOnce.has(content)) row.atOnce++;
      else if (later.has(content)) row.nextVisit++;
      else {
        const reason = path === "first" ? "before the core had come" : "not sealed yet";
        row.lost.set(reason, (row.lost.get(reason) ?? 0) + 1);
      }
    }
  }

  lost() {
    return [...this.rows.values()].flatMap(({ lost }) => [...lost.values()]).reduce((sum, one) => sum + one, 0);
  }

  #row(engine, way) {
    const key = `${engine} ${way}`;
    if (!this.rows.has(key)) this.rows.set(key, { engine, way, times: 0, seen: 0, atOnce: 0, nextVisit: 0, lost: new Map() });
    return this.rows.get(key);
  }

  /** The table of docs/benchmarks.md. */
  table() {
    const lines = [
      "| browser | left by | times | impressions on screen | delivered at once | at the next visit | lost |",
      "|---|---|---|---|---|---|---|",
    ];
    for (const { engine, way, times, seen, atOnce, nextVisit, lost } of this.rows.values()) {
      const reasons = [...lost].map(([reason, count]) => `${count} ${reason}`).join(", ") || "0";
      lines.push(`| ${engine} | ${way} | ${times} | ${seen} | ${atOnce} | ${nextVisit} | ${reasons} |`);
    }
    return lines.join("\n");
  }
}
