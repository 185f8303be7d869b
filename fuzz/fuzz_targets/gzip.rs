//! The gzip of the web build: flate2 reads what it wrote, it reads itself, and damage is refused or harmless.
#![no_main]

use std::io::Read;

use eyeline_core::fuzzing::{compress, decompress};
use eyeline_core::limits::BATCH_BYTES_MAX;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(raw) = decompress(bytes) {
        assert!(raw.len() <= BATCH_BYTES_MAX);
    }
    let zipped = compress(bytes);
    let mut read = Vec::new();
    flate2::read::GzDecoder::new(&zipped[..]).read_to_end(&mut read).expect("flate2 reads it");
    assert_eq!(read, bytes);
    if bytes.len() <= BATCH_BYTES_MAX {
        assert_eq!(decompress(&zipped).as_deref(), Some(bytes));
    }
    // One flipped bit, chosen by the input.
    let at = bytes.iter().fold(0, |at: usize, byte| at.wrapping_mul(31) + usize::from(*byte)) % (zipped.len() * 8);
    let mut damaged = zipped;
    damaged[at / 8] ^= 1 << (at % 8);
    // It may point a repeat at another place where the same bytes stand.
    assert!(decompress(&damaged).is_none_or(|read| read == bytes));
});
