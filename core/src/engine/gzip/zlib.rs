//! gzip by flate2, where its size does not matter.

use std::io::{Read, Write};

use crate::limits::{BATCH_BYTES_MAX, GZIP_LEVEL};

pub(in crate::engine) fn compress(raw: &[u8]) -> Vec<u8> {
    let out = Vec::with_capacity(raw.len() / 4);
    let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::new(GZIP_LEVEL));
    encoder
        .write_all(raw)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

/// `None` when the input is damaged or larger than a batch may be.
pub(in crate::engine) fn decompress(zipped: &[u8]) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    let limit = BATCH_BYTES_MAX as u64 + 1;
    flate2::read::GzDecoder::new(zipped)
        .take(limit)
        .read_to_end(&mut raw)
        .ok()?;
    (raw.len() <= BATCH_BYTES_MAX).then_some(raw)
}
