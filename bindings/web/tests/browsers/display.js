// A screen without a monitor, for browsers that need one: one Xvfb a test process, at a number it picks itself.
import { start } from "./child.js";
import { installed } from "./installed.js";

let screen;

/** The name for DISPLAY. */
export function display() {
  screen ??= startXvfb();
  return screen;
}

async function startXvfb() {
  const words = ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
  const xvfb = start(installed("Xvfb"), words, { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  xvfb.child.unref();
  for (const stream of xvfb.child.stdio) stream?.unref?.();
  const number = new Promise((resolve) => xvfb.child.stdio[3].once("data", (data) => resolve(`:${String(data).trim()}`)));
  const failed = xvfb.ended.then(() => {
    throw new Error(`Xvfb did not start:\n${xvfb.said.text}`);
  });
  return Promise.race([number, failed]);
}
