// What crosses the border to the core: the values of a call one after the other, a number as eight bytes, texts and bytes
// behind their length. In a reply each value has a byte before it that tells its kind.

export type Value = number | string | boolean | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const packed = (values: readonly Value[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  const number = (value: number) => parts.push(new Uint8Array(new Float64Array([value]).buffer));
  for (const value of values) {
    const bytes = typeof value === "string" ? encoder.encode(value) : value;
    if (typeof bytes === "object") {
      number(bytes.length);
      parts.push(bytes);
    } else number(+bytes);
  }
  const message = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  return message;
};

export const unpacked = (reply: Uint8Array): any[] => {
  const view = new DataView(reply.buffer, reply.byteOffset);
  const values: Value[] = [];
  for (let at = 0; at < reply.length; ) {
    const kind = reply[at];
    const value = view.getFloat64(at + 1, true);
    at += 9;
    if (kind === NUMBER) values.push(value);
    else {
      // A copy: what is stored or sent must not bring the whole reply along.
      const bytes = reply.slice(at, (at += value));
      values.push(kind === TEXT ? decoder.decode(bytes) : bytes);
    }
  }
  return values;
};

const NUMBER = 0;
const TEXT = 2;
