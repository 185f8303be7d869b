// SplitMix64 in the place of the browser's random bits: the same ids on every engine.

const MASK = (1n << 64n) - 1n;

/** A generator of 64-bit numbers. */
export const splitMix64 = (seed) => {
  let state = BigInt(seed);
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  };
};

/** Has `crypto.getRandomValues` answer from the generator, eight bytes a number, until the next call of this. */
export const lendEntropy = (next) => {
  Object.defineProperty(globalThis.crypto, "getRandomValues", {
    configurable: true,
    value: (bytes) => {
      new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setBigUint64(0, next(), true);
      return bytes;
    },
  });
};
