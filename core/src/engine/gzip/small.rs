//! gzip for wasm: miniz_oxide and a wrapper of our own, 20 KB smaller than flate2.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::limits::{BATCH_BYTES_MAX, GZIP_LEVEL};

pub(in crate::engine) fn compress(raw: &[u8]) -> Vec<u8> {
    let mut out = HEAD.to_vec();
    out.extend(compress_to_vec(raw, u8::try_from(GZIP_LEVEL).unwrap_or(6)));
    out.extend(crc32(raw).to_le_bytes());
    out.extend(u32::try_from(raw.len()).unwrap_or(u32::MAX).to_le_bytes());
    out
}

/// `None` when the input is damaged or larger than a batch may be.
pub(in crate::engine) fn decompress(zipped: &[u8]) -> Option<Vec<u8>> {
    let body = zipped.strip_prefix(&HEAD)?;
    let (deflated, tail) = body.split_at(body.len().checked_sub(8)?);
    let raw = decompress_to_vec_with_limit(deflated, BATCH_BYTES_MAX).ok()?;
    (tail[..4] == crc32(&raw).to_le_bytes()).then_some(raw)
}

/// Four bits at a time: a table of 64 bytes, where the usual one of 1 KiB does not compress.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 4) ^ NIBBLES[(crc & 15) as usize];
    !bytes
        .iter()
        .fold(u32::MAX, |crc, byte| step(step(crc ^ u32::from(*byte))))
}

const NIBBLES: [u32; 16] = [
    0x0000_0000,
    0x1db7_1064,
    0x3b6e_20c8,
    0x26d9_30ac,
    0x76dc_4190,
    0x6b6b_51f4,
    0x4db2_6158,
    0x5005_713c,
    0xedb8_8320,
    0xf00f_9344,
    0xd6d6_a3e8,
    0xcb61_b38c,
    0x9b64_c2b0,
    0x86d3_d2d4,
    0xa00a_e278,
    0xbdbd_f21c,
];

/// Deflate, no flags, no time, unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
