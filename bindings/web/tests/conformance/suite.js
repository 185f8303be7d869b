// The committed scenarios and transcripts, and what a host's transcript is held against.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../../tests/conformance/scenarios/", import.meta.url));

/** Every scenario by its name. */
export const scenarios = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => [file.slice(0, -".json".length), JSON.parse(readFileSync(FOLDER + file, "utf8"))]),
);

/** Throws with the first line that differs; with `bless` it commits to transcripts of the class's own. */
export function hold(name, cls, transcript, bless) {
  const own = cls === "first" || scenarios[name].differs?.[cls];
  const path = `${FOLDER}${name}${own ? `.${cls}` : ""}.txt`;
  if (bless && own) return writeFileSync(path, transcript);
  if (!existsSync(path)) throw new Error(`no committed transcript ${path}`);
  const committed = readFileSync(path, "utf8");
  if (transcript === committed) return;
  const [expected, found] = [committed.split("\n"), transcript.split("\n")];
  const line = [...expected, undefined].findIndex((text, at) => text !== found[at]);
  const [a, b] = [expected[line] ?? "(the end)", found[line] ?? "(the end)"];
  const from = Math.max(0, [...a, ""].findIndex((char, at) => char !== b[at]) - SHOWN_BEFORE);
  const said = (text) => text.slice(from, from + SHOWN);
  throw new Error(`line ${line + 1} differs from character ${from} on\n  committed …${said(a)}\n  found     …${said(b)}`);
}

/** A body is one long line: so much of it is shown, beginning so much before the difference. */
const SHOWN = 160;
const SHOWN_BEFORE = 60;
