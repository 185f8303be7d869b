// Child processes of a test run: started, waited for by what they print, ended by the id they were given and never by name.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** Those still running, so that a test run which dies takes them along. */
const running = new Set();

process.on("exit", () => {
  for (const child of running) killTree(child.pid);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/**
 * Starts a program. Its output is kept, to be shown where it fails.
 * @param {string} program
 * @param {string[]} words
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export function start(program, words, options = {}) {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      said.text = (said.text + text).slice(-20_000);
    });
  }
  running.add(child);
  const ended = new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
    child.on("error", (error) => {
      running.delete(child);
      resolve({ error });
    });
  });
  return {
    pid: child.pid ?? 0,
    child,
    said,
    ended,
    /** The first match of `pattern` in what the program prints. */
    async prints(pattern, within = 30_000) {
      const found = () => pattern.exec(said.text);
      return new Promise((resolve, reject) => {
        const settle = (how, value) => {
          clearTimeout(timer);
          resolve_off();
          how(value);
        };
        const look = () => {
          const match = found();
          if (match) settle(resolve, match);
        };
        const resolve_off = () => {
          child.stdout?.off("data", look);
          child.stderr?.off("data", look);
        };
        const timer = setTimeout(
          () => settle(reject, new Error(`${program} did not print ${pattern} in ${within} ms; it said:\n${said.text}`)),
          within,
        );
        child.stdout?.on("data", look);
        child.stderr?.on("data", look);
        ended.then((how) =>
          settle(reject, new Error(`${program} ended (${JSON.stringify(how)}) before it printed ${pattern}:\n${said.text}`)),
        );
        look();
      });
    },
    /** Asks it to end and waits until it has; a program that does not is killed. */
    async stop(signal = "SIGTERM", within = 20_000) {
      if (!running.has(child)) return ended;
      child.kill(signal);
      const timer = setTimeout(() => killTree(child.pid), within);
      const how = await ended;
      clearTimeout(timer);
      return how;
    },
    /** `kill -9` of it and of everything it started. */
    async kill() {
      killTree(child.pid);
      return ended;
    },
  };
}

/** The process and all it started, by parent id. */
export function descendants(pid) {
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while we looked.
    }
  }
  const found = [pid];
  for (let next = 0; next < found.length; next++) found.push(...(children.get(found[next]) ?? []));
  return found;
}

/** Kills a process and all it started, at once: by parent, and by group, where a child may be born while we look. */
export function killTree(pid) {
  if (!pid) return;
  for (const one of descendants(pid)) killOne(one);
  killOne(-pid);
}

export function killOne(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
