// The real collector in a folder of its own: started, asked what it wrote, drained.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../browsers/child.js";
import { RawFiles } from "./raw.js";

/** How many tests can have a write key of their own in one collector. */
const KEYS = 400;

/** How soon a raw file is closed after its first line: soon, since tests wait for it. */
const ROTATE_AFTER = "60ms";

export class Collector {
  #process;
  #folder;
  #raw;
  #taken = 0;

  /** Starts one at a free port. */
  static async start() {
    const collector = new Collector();
    collector.#folder = mkdtempSync(join(tmpdir(), "eyeline-web-"));
    writeFileSync(join(collector.#folder, "keys.json"), JSON.stringify(keysFile()));
    mkdirSync(join(collector.#folder, "raw"));
    collector.#raw = new RawFiles(join(collector.#folder, "raw"));
    collector.#process = start(binary(), [
      ...["--json", "--data", collector.#folder, "collect"],
      ...["--listen", "127.0.0.1:0", "--rotate-after", ROTATE_AFTER],
    ]);
    const [, address] = await collector.#process.prints(/"listening":"(http:[^"]+)"/);
    collector.address = address;
    return collector;
  }

  /** A write key that no other test uses. */
  takeKey() {
    if (this.#taken === KEYS) throw new Error(`one collector of the tests has ${KEYS} keys, all taken`);
    return keyOf(this.#taken++);
  }

  /** The lines of one key, by its name in the keys file. */
  lines(key) {
    return this.#raw.lines().filter((line) => line.key === key);
  }

  /** The lines of all keys. */
  allLines() {
    return this.#raw.lines();
  }

  /** Runs another `eyeline` command over the same data folder and gives what it printed. */
  async command(...words) {
    const run = start(binary(), ["--json", "--data", this.#folder, ...words]);
    const { code } = await run.ended;
    if (code !== 0) throw new Error(`eyeline ${words.join(" ")} ended with ${code}:\n${run.said.text}`);
    return run.said.text;
  }

  /** Ends it as an operator would: what is under way is answered and the raw files are closed. */
  async drain() {
    const { code, signal } = await this.#process.stop("SIGTERM");
    if (code !== 0) throw new Error(`the collector ended with ${code ?? signal}:\n${this.#process.said.text}`);
  }

  async stop() {
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function keyOf(number) {
  return `wk_web_${String(number).padStart(4, "0")}`;
}

function keysFile() {
  const keys = Array.from({ length: KEYS }, (_, number) => ({
    key: keyOf(number),
    name: keyOf(number),
    affiliates: ["my-site"],
    forgets_per_minute: 600,
  }));
  return { v: 1, keys };
}

/** `EYELINE_BIN`, or what a build of the workspace left in the target folder. */
export function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(cache(), "target");
  const path = process.env.EYELINE_BIN ?? join(target, "debug", "eyeline");
  if (!existsSync(path)) {
    throw new Error(`no eyeline command at ${path}: run \`cargo build --package eyeline-cli\`, or set EYELINE_BIN`);
  }
  return path;
}

function cache() {
  return process.env.EYELINE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "eyeline");
}
