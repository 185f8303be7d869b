// Says of each file of a folder how large it is, how large once compressed (brotli, quality 11), and its SHA-384.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const folder = process.argv[2];
const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
const measured = files.map(({ name }) => {
  const bytes = readFileSync(join(folder, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    name,
    bytes: bytes.length,
    brotli: brotliCompressSync(bytes, { params }).length,
    integrity: "sha384-" + createHash("sha384").update(bytes).digest("base64"),
  };
});
console.log(JSON.stringify(measured));
