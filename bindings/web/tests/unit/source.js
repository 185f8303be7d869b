// The TypeScript under test, bundled as the build bundles it but readable, and imported.
import { build } from "esbuild";

/** `entry` under ts/, such as `first/plain.ts`. */
export async function source(entry) {
  const { outputFiles } = await build({
    entryPoints: [new URL(`../../ts/${entry}`, import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2020",
    define: { __VERSION__: '"1.2.3"' },
    logLevel: "warning",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
