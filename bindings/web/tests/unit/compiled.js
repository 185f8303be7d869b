// A TypeScript module of the SDK as Node can import it.
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SOURCES = fileURLToPath(new URL("../../ts/", import.meta.url));

/** What `path`, below ts/, exports. What it imports only when asked stays apart, as it does in a page. */
export async function compiled(path) {
  const outdir = mkdtempSync(join(tmpdir(), "eyeline-unit-"));
  try {
    await build({
      entryPoints: [SOURCES + path],
      bundle: true,
      splitting: true,
      outdir,
      outExtension: { ".js": ".mjs" },
      format: "esm",
      define: { __VERSION__: '"0.0.0"' },
      external: ["#glue"],
    });
    return await import(pathToFileURL(join(outdir, basename(path, ".ts") + ".mjs")));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
