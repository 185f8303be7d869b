// A real wasm trap: the built module with the body of one exported function replaced by `unreachable`.
// Layout: https://webassembly.github.io/spec/core/binary/modules.html

const IMPORT = 2;
const EXPORT = 7;
const CODE = 10;
const FUNCTION_KIND = 0;
const [UNREACHABLE, NOP, END] = [0x00, 0x01, 0x0b];

/**
 * The module with the functions whose export name matches trapping at their first instruction. Sizes do not change.
 * @param {Buffer} wasm
 * @param {RegExp} name
 */
export function trapping(wasm, name) {
  const module = Buffer.from(wasm);
  const sections = sectionsOf(module);
  const imported = importedFunctions(new Reader(module, sections.get(IMPORT)));
  const wanted = exportedFunctions(new Reader(module, sections.get(EXPORT))).filter(([exported]) => name.test(exported));
  if (wanted.length === 0) throw new Error(`the wasm exports nothing that matches ${name}`);
  const bodies = new Map();
  const code = new Reader(module, sections.get(CODE));
  for (let index = 0, count = code.number(); index < count; index++) {
    const size = code.number();
    bodies.set(imported + index, [code.at, code.at + size]);
    code.at += size;
  }
  for (const [, index] of wanted) {
    const [from, to] = bodies.get(index);
    module.fill(NOP, from, to);
    // No locals; then the trap.
    module[from] = 0;
    module[from + 1] = UNREACHABLE;
    module[to - 1] = END;
  }
  return module;
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** Unsigned LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
}

/** Where each section's content begins. */
function sectionsOf(module) {
  const found = new Map();
  const reader = new Reader(module, 8);
  while (reader.at < module.length) {
    const id = reader.byte();
    const size = reader.number();
    found.set(id, reader.at);
    reader.at += size;
  }
  return found;
}

function importedFunctions(reader) {
  if (reader.at === undefined) return 0;
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    const [module, field] = [reader.text(), reader.text()];
    if (reader.byte() !== FUNCTION_KIND) throw new Error(`the wasm imports ${module}.${field}, which is no function`);
    reader.number();
    functions++;
  }
  return functions;
}

function exportedFunctions(reader) {
  const found = [];
  for (let left = reader.number(); left > 0; left--) {
    const name = reader.text();
    const kind = reader.byte();
    const index = reader.number();
    if (kind === FUNCTION_KIND) found.push([name, index]);
  }
  return found;
}
