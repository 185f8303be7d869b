// `eyeline up` in a folder of its own, with the built SDK on its media page.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../browsers/child.js";
import { binary } from "../world/collector.js";

const DIST = process.env.EYELINE_WEB_DIST ?? join(import.meta.dirname, "../../dist");

export class Up {
  #process;
  #folder = mkdtempSync(join(tmpdir(), "eyeline-up-"));

  static async start() {
    const up = new Up();
    const free = ["--listen", "--dashboard", "--site"].flatMap((part) => [part, "127.0.0.1:0"]);
    const soon = ["--every", "500ms", "--rotate-after", "200ms"];
    up.#process = start(binary(), ["--json", "--data", up.#folder, "up", ...free, ...soon, "--sdk", DIST]);
    const [line] = await up.#process.prints(/^\{.*"listening".*\}$/m);
    const said = JSON.parse(line);
    up.site = said.site;
    up.dashboard = said.dashboard;
    return up;
  }

  /** The rows of a query over the lake, as any analyst asks. */
  async rows(sql) {
    const query = start(binary(), ["--json", "--data", this.#folder, "query", sql]);
    const { code } = await query.ended;
    if (code !== 0) throw new Error(`the query ended with ${code}:\n${query.said.text}`);
    return query.said.text.trim().split("\n").filter(Boolean).map((row) => JSON.parse(row));
  }

  async stop() {
    await this.#process.stop("SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
