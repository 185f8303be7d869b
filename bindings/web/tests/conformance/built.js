// The player and the TypeScript it drives, as one module that Node and a page can import.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const bundled = async (options) => {
  const { outputFiles } = await build({ bundle: true, write: false, define: { __VERSION__: '"0.0.0"' }, external: ["#glue"], ...options });
  return outputFiles[0].text;
};

/** An ES module. */
export const player = () => bundled({ entryPoints: [here("player.js")], format: "esm" });

/** The parts of the first script that queue and send, as a script that leaves them in `first`. */
export const firstScript = () =>
  bundled({
    stdin: { contents: 'export { openPort } from "./queue.ts"; export { sendAtLeave } from "./leave.ts";', resolveDir: here("../../ts/first"), loader: "ts" },
    format: "iife",
    globalName: "first",
  });

export const importText = (text) => import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
