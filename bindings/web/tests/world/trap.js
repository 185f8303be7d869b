// A real wasm trap: the built module, its one function for the page changed so that it traps at calls of one kind.
// Layout: https://webassembly.github.io/spec/core/binary/modules.html

const [EXPORT, CODE] = [7, 10];
const IMPORT = 2;
const FUNCTION_KIND = 0;
/** `local.get 1; i32.const <kind>; i32.eq; if; unreachable; end`: the second parameter is the kind. */
const trapAt = (kind) => Buffer.from([0x20, 1, 0x41, kind, 0x46, 0x04, 0x40, 0x00, 0x0b]);

/**
 * The module with the exported function `call` trapping, before it does anything, where its second argument is `kind`.
 * @param {Buffer} wasm
 * @param {number} kind below 64: one byte of LEB128
 */
export function trapping(wasm, kind) {
  const sections = sectionsOf(wasm);
  const wanted = exported(new Reader(wasm, sections.get(EXPORT).from), "call") - importedFunctions(new Reader(wasm, sections.get(IMPORT)?.from));
  const { start, from, to } = sections.get(CODE);
  const code = new Reader(wasm, from);
  const count = code.number();
  const bodies = [];
  for (let index = 0; index < count; index++) {
    const size = code.number();
    const body = wasm.subarray(code.at, code.at + size);
    bodies.push(framed(index === wanted ? withTrap(body, kind) : body));
    code.at += size;
  }
  const section = Buffer.concat([leb(count), ...bodies]);
  return Buffer.concat([wasm.subarray(0, start), Buffer.from([CODE]), framed(section), wasm.subarray(to)]);
}

/** The trap comes after the locals. */
function withTrap(body, kind) {
  const reader = new Reader(body, 0);
  for (let left = reader.number(); left > 0; left--) {
    reader.number();
    reader.byte();
  }
  return Buffer.concat([body.subarray(0, reader.at), trapAt(kind), body.subarray(reader.at)]);
}

const framed = (bytes) => Buffer.concat([leb(bytes.length), bytes]);

/** Unsigned LEB128. */
const leb = (value) => Buffer.from(value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]);

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

/** Where each section starts, and from where to where its content goes. */
function sectionsOf(module) {
  const found = new Map();
  const reader = new Reader(module, 8);
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    found.set(id, { start, from: reader.at, to: reader.at + size });
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

/** The number of an exported function. */
function exported(reader, wanted) {
  for (let left = reader.number(); left > 0; left--) {
    const name = reader.text();
    const kind = reader.byte();
    const index = reader.number();
    if (kind === FUNCTION_KIND && name === wanted) return index;
  }
  throw new Error(`the wasm exports no function ${wanted}`);
}
