//! One spooled call as it stands on the disk: length, CRC-32, bytes.
use std::fs::OpenOptions;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Bytes before the payload.
pub(super) const HEADER_BYTES: usize = 8;
/// Longest payload a reader believes (ours): a batch and its bad lines stay far below it.
const PAYLOAD_BYTES_MAX: u32 = 16 * 1024 * 1024;

/// Appends one frame.
pub(super) fn append(payload: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let length = u32::try_from(payload.len())
        .ok()
        .filter(|length| *length <= PAYLOAD_BYTES_MAX);
    let length = length
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "too long for one frame"))?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&checksum(length, payload).to_le_bytes());
    out.extend_from_slice(payload);
    Ok(())
}

/// The next whole frame, or `None` at the end and at anything torn.
pub(super) fn next(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; HEADER_BYTES];
    if !filled(from, &mut header)? {
        return Ok(None);
    }
    let [a, b, c, d, crc @ ..] = header;
    let length = u32::from_le_bytes([a, b, c, d]);
    if length > PAYLOAD_BYTES_MAX {
        return Ok(None);
    }
    let mut payload = vec![0; length as usize];
    let whole =
        filled(from, &mut payload)? && checksum(length, &payload) == u32::from_le_bytes(crc);
    Ok(whole.then_some(payload))
}

/// The length of a segment's whole frames; what follows them was never acknowledged.
pub(super) fn cut_torn_tail(path: &Path) -> io::Result<u64> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut reader = BufReader::new(&file);
    let mut whole = 0;
    while let Some(payload) = next(&mut reader)? {
        whole += (HEADER_BYTES + payload.len()) as u64;
    }
    let length = file.metadata()?.len();
    if whole < length {
        tracing::warn!(
            bytes = length - whole,
            "cut what follows the last whole frame of a spool segment"
        );
        file.set_len(whole)?;
    }
    file.sync_all()?;
    Ok(whole)
}

/// The length is covered too, so a run of zero bytes is no empty frame.
fn checksum(length: u32, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&length.to_le_bytes());
    crc.update(payload);
    crc.finalize()
}

fn filled(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_cut_or_changed_anywhere_is_not_read() {
        let mut framed = Vec::new();
        append(b"one line\n", &mut framed).unwrap();
        assert_eq!(
            next(&mut framed.as_slice()).unwrap().as_deref(),
            Some(&b"one line\n"[..])
        );
        for length in 0..framed.len() {
            assert_eq!(next(&mut &framed[..length]).unwrap(), None);
            let mut changed = framed.clone();
            changed[length] ^= 0x40;
            assert_eq!(next(&mut changed.as_slice()).unwrap(), None);
        }
    }

    #[test]
    fn zeros_are_no_frame() {
        assert_eq!(next(&mut [0; 64].as_slice()).unwrap(), None);
    }
}
