// What crosses the border to the core: the values of a call one after the other, a number as eight bytes, texts and bytes
// behind their length. In a reply each value has a byte before it that tells its kind.

export type Value = number | string | boolean | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Ours: every message but those that bring what was stored. */
const scratch = new DataView(new ArrayBuffer(4096));

/** Valid until the next message is packed: new memory for each would cost the page more than the call. */
export const packed = (values: readonly Value[]): Uint8Array => {
  // A character has three bytes at most.
  const most = values.reduce<number>((sum, value) => sum + NUMBER_BYTES + 3 * ((value as string | Uint8Array).length || 0), 0);
  const view = most > scratch.byteLength ? new DataView(new ArrayBuffer(most)) : scratch;
  const message = new Uint8Array(view.buffer);
  let at = 0;
  for (const value of values) {
    const start = at;
    at += NUMBER_BYTES;
    let number = value as number;
    if (typeof value === "string") at += number = value ? encoder.encodeInto(value, message.subarray(at)).written : 0;
    else if (typeof value === "object") {
      message.set(value, at);
      at += number = value.length;
    }
    view.setFloat64(start, number, true);
  }
  return message.subarray(0, at);
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

const NUMBER_BYTES = 8;
const NUMBER = 0;
const TEXT = 2;
