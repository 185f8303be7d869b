//! One spooled call as it stands on the disk: length, CRC-32, bytes.
use std::io::{self, Read};

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

/// Where the first whole frame begins among bytes that do not begin with one. Lines end in `\n` and hold no byte below
/// 0x20 besides, so neither their text nor a run of zero bytes is ever taken for a frame.
pub(super) fn find(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len().saturating_sub(HEADER_BYTES)).find(|at| {
        let frame = &bytes[*at..];
        let (header, rest) = frame.split_at(HEADER_BYTES);
        let length = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
        let payload = rest.get(..length as usize).unwrap_or_default();
        payload.last() == Some(&b'\n')
            && checksum(length, payload).to_le_bytes() == header[HEADER_BYTES - 4..]
    })
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
        assert_eq!(find(&[0; 64]), None);
    }

    #[test]
    fn a_frame_is_found_behind_any_bytes_and_only_whole() {
        let mut framed = Vec::new();
        append(b"one line\n", &mut framed).unwrap();
        for noise in [
            &b""[..],
            &[0; 13],
            b"{\"n\":1}\n",
            &framed[..framed.len() - 1],
        ] {
            let bytes = [noise, &framed].concat();
            assert_eq!(find(&bytes), Some(noise.len()));
            assert_eq!(find(&bytes[..bytes.len() - 1]), None);
        }
    }
}
