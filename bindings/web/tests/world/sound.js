// A sound file made on the spot, for media tests: every engine plays it, and its length is exact.

const RATE = 8_000;

/**
 * A quiet tone as a WAV file: 8 bits, one channel.
 * @param {number} seconds
 */
export function wav(seconds) {
  const samples = Math.round(seconds * RATE);
  const file = Buffer.alloc(44 + samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  for (let i = 0; i < samples; i++) file[44 + i] = 128 + Math.round(8 * Math.sin((i * 2 * Math.PI * 220) / RATE));
  return file;
}
