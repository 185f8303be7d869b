//! How one record lies in a segment file: marker, length, CRC32, payload; and how a reader finds the next whole one.
//!
//! `docs/on-disk.md` draws the bytes. A reader trusts a frame only when its checksum fits, and on anything else moves on
//! to the next marker, so a torn, zeroed or corrupt stretch costs the records in it and no others.

use std::ops::Range;

/// The version of the format that this release writes.
pub(super) const FORMAT_VERSION: u8 = 1;

/// Starts every segment: a name, the version of the format, and the checksum of both, so that damage is never taken for a newer release.
pub(super) const SEGMENT_HEADER_BYTES: usize = 12;

/// The header of a segment in this release's format, or in another's.
pub(super) fn segment_header(version: u8) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut header = [0; SEGMENT_HEADER_BYTES];
    header[..7].copy_from_slice(b"EYELINE");
    header[7] = version;
    let checksum = crc32([&header[..8], &[]]);
    header[8..].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// Starts every frame. 0xFF and 0xFE never occur in UTF-8, so text inside a payload can't look like one.
const MARKER: [u8; 4] = [0xFF, b'e', b'y', 0xFE];

/// Marker, payload length and checksum: 4 bytes each, little endian.
const FRAME_HEADER_BYTES: usize = 12;

/// The largest payload. Ours: room for a copy of the engine's whole queue three times over, small enough that most corrupt
/// lengths are seen as such at once.
pub(super) const MAX_PAYLOAD_BYTES: usize = 32 * 1024 * 1024;

/// Appends one frame to `buffer`; the payload is what `fill` appends. False, and nothing is added, where it is too large.
#[must_use]
pub(super) fn push_frame(buffer: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) -> bool {
    let start = buffer.len();
    buffer.extend_from_slice(&MARKER);
    buffer.extend_from_slice(&[0; 8]);
    fill(buffer);
    let payload = start + FRAME_HEADER_BYTES;
    let length = match u32::try_from(buffer.len() - payload) {
        Ok(length) if length as usize <= MAX_PAYLOAD_BYTES => length.to_le_bytes(),
        _ => {
            buffer.truncate(start);
            return false;
        }
    };
    let checksum = checksum(length, &buffer[payload..]).to_le_bytes();
    buffer[start + 4..start + 8].copy_from_slice(&length);
    buffer[start + 8..payload].copy_from_slice(&checksum);
    true
}

/// Iterates over the payloads of whole frames in `bytes`, in order.
#[derive(Debug)]
pub(super) struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
    skipped: u64,
}

impl<'a> Frames<'a> {
    /// Reads what follows the segment's header.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Frames {
            bytes,
            at: 0,
            skipped: 0,
        }
    }

    /// Bytes so far that belonged to no whole frame.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            if let Some(payload) = whole_frame(rest) {
                self.at += payload.end;
                return Some(&rest[payload]);
            }
            let step = next_marker(rest);
            self.at += step;
            self.skipped += step as u64;
        }
        None
    }
}

/// Where the payload of the frame at the start of `bytes` lies, if a whole and sound one starts there.
fn whole_frame(bytes: &[u8]) -> Option<Range<usize>> {
    let (header, rest) = bytes.split_first_chunk::<FRAME_HEADER_BYTES>()?;
    let (marker, sizes) = header.split_first_chunk::<4>()?;
    let (length, expected) = sizes.split_first_chunk::<4>()?;
    let payload_bytes = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if *marker != MARKER || payload_bytes > MAX_PAYLOAD_BYTES {
        return None;
    }
    let payload = rest.get(..payload_bytes)?;
    (checksum(*length, payload).to_le_bytes() == expected)
        .then_some(FRAME_HEADER_BYTES..FRAME_HEADER_BYTES + payload_bytes)
}

/// The distance from the start of `bytes`, itself excluded, to the next place a frame may start.
fn next_marker(bytes: &[u8]) -> usize {
    let tail = bytes.get(1..).unwrap_or_default();
    tail.windows(MARKER.len())
        .position(|window| window == MARKER)
        .map_or(bytes.len(), |at| at + 1)
}

/// CRC32 (IEEE) over the length and the payload, so that a flipped bit in either shows.
fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    crc32([&length, payload])
}

/// By the library that also zips: another one's tables would be 24 KB more on phones.
fn crc32(parts: [&[u8]; 2]) -> u32 {
    let mut crc = flate2::Crc::new();
    for part in parts {
        crc.update(part);
    }
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(payloads: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for payload in payloads {
            assert!(push_frame(&mut bytes, |buffer| buffer.extend_from_slice(payload)));
        }
        bytes
    }

    fn read(bytes: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let mut frames = Frames::new(bytes);
        let payloads = frames.by_ref().map(<[u8]>::to_vec).collect();
        (payloads, frames.skipped())
    }

    #[test]
    fn what_was_framed_is_read_back_in_order() {
        let bytes = framed(&[b"one", b"", b"three"]);
        assert_eq!(
            read(&bytes),
            (vec![b"one".to_vec(), b"".to_vec(), b"three".to_vec()], 0)
        );
    }

    #[test]
    fn a_flipped_bit_costs_one_record_and_no_other() {
        let clean = framed(&[b"one", b"two", b"three"]);
        let two = framed(&[b"one"]).len()..framed(&[b"one", b"two"]).len();
        for bit in two.start * 8..two.end * 8 {
            let mut bytes = clean.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let (payloads, skipped) = read(&bytes);
            assert_eq!(payloads, [b"one".to_vec(), b"three".to_vec()], "bit {bit}");
            assert_eq!(skipped, two.len() as u64);
        }
    }

    #[test]
    fn a_torn_tail_is_skipped_wherever_it_was_torn() {
        let clean = framed(&[b"one", b"two"]);
        let whole = framed(&[b"one"]).len();
        for end in whole..clean.len() {
            assert_eq!(
                read(&clean[..end]),
                (vec![b"one".to_vec()], (end - whole) as u64)
            );
        }
    }

    #[test]
    fn records_after_zeroes_are_found() {
        let mut bytes = framed(&[b"one"]);
        bytes.extend([0; 4096]);
        bytes.extend(framed(&[b"two"]));
        assert_eq!(read(&bytes), (vec![b"one".to_vec(), b"two".to_vec()], 4096));
    }

    #[test]
    fn a_payload_over_the_limit_leaves_the_buffer_as_it_was() {
        let mut bytes = framed(&[b"one"]);
        let before = bytes.clone();
        assert!(!push_frame(&mut bytes, |buffer| buffer
            .resize(buffer.len() + MAX_PAYLOAD_BYTES + 1, 7)));
        assert_eq!(bytes, before);
    }
}
