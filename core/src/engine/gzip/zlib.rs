//! gzip by flate2, in one call over the whole: its readers and writers for streams would be a tenth of the library for phones.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::limits::{BATCH_BYTES_MAX, GZIP_LEVEL};

pub(in crate::engine) fn compress(raw: &[u8]) -> Vec<u8> {
    let mut zipped = Vec::with_capacity(raw.len() / 4 + SMALLEST_BYTES);
    let mut deflate = Compress::new_gzip(Compression::new(GZIP_LEVEL), WINDOW_BITS);
    let mut rest = raw;
    loop {
        let before = deflate.total_in();
        let status = deflate
            .compress_vec(rest, &mut zipped, FlushCompress::Finish)
            .expect("a new stream takes any bytes");
        if status == Status::StreamEnd {
            return zipped;
        }
        rest = &rest[taken(before, deflate.total_in())..];
        zipped.reserve(zipped.capacity());
    }
}

/// `None` when the input is damaged or larger than a batch may be.
pub(in crate::engine) fn decompress(zipped: &[u8]) -> Option<Vec<u8>> {
    let mut raw = Vec::with_capacity(zipped.len() * 4);
    let mut inflate = Decompress::new_gzip(WINDOW_BITS);
    let mut rest = zipped;
    while raw.len() <= BATCH_BYTES_MAX {
        let (before, had) = (inflate.total_in(), raw.len());
        let status = inflate
            .decompress_vec(rest, &mut raw, FlushDecompress::None)
            .ok()?;
        if status == Status::StreamEnd {
            return (raw.len() <= BATCH_BYTES_MAX).then_some(raw);
        }
        let step = taken(before, inflate.total_in());
        // With room to write and nothing left to read, the end was cut off.
        if step == 0 && raw.len() == had && raw.len() < raw.capacity() {
            return None;
        }
        rest = &rest[step..];
        raw.reserve(raw.capacity().max(SMALLEST_BYTES));
    }
    None
}

fn taken(before: u64, after: u64) -> usize {
    usize::try_from(after - before).expect("no more was taken than a slice holds")
}

/// The window of 32 KiB that every reader of gzip has (RFC 1951 §2).
const WINDOW_BITS: u8 = 15;

/// What an empty member takes, rounded up: head, an empty block, checksum and length (RFC 1952 §2.3).
const SMALLEST_BYTES: usize = 32;
