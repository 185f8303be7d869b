//! Cuts a file that a killed process left behind at its last whole gzip member.
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, ErrorKind, Seek};
use std::path::Path;

#[expect(
    clippy::disallowed_types,
    reason = "one member at a time is the point here, and the file is our own"
)]
type OneMember<R> = flate2::bufread::GzDecoder<R>;

/// What is left of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Bytes of whole members.
    pub(super) bytes: u64,
    /// Bytes of a torn tail, cut off. None of them was acknowledged.
    pub(super) cut: u64,
}

/// Keeps the whole members of a gzip file and makes the cut durable.
pub(super) fn cut_torn_tail(path: &Path) -> io::Result<Kept> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let mut whole = 0;
    while !reader.fill_buf()?.is_empty() {
        let mut member = OneMember::new(&mut reader);
        match io::copy(&mut member, &mut io::sink()) {
            Ok(_) => whole = reader.stream_position()?,
            // A torn member, or bytes that are none.
            Err(error) if IS_NO_GZIP.contains(&error.kind()) => break,
            Err(error) => return Err(error),
        }
    }
    let file = reader.into_inner();
    if whole < length {
        file.set_len(whole)?;
    }
    // Unconditionally: whole members may still be in the page cache of a machine that is about to lose power.
    file.sync_all()?;
    Ok(Kept {
        bytes: whole,
        cut: length - whole,
    })
}

/// How the decoder says that bytes are no whole member. Any other error is the disk's, and then nothing may be cut.
const IS_NO_GZIP: [ErrorKind; 3] = [
    ErrorKind::UnexpectedEof,
    ErrorKind::InvalidInput,
    ErrorKind::InvalidData,
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};

    use flate2::read::MultiGzDecoder;
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn member(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_file_cut_at_any_byte_keeps_its_whole_members() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.gz");
        let (first, second) = (member("one\n"), member("two\n"));
        let both = [first.as_slice(), second.as_slice()].concat();
        for length in 0..=both.len() {
            fs::write(&path, &both[..length]).unwrap();
            let kept = cut_torn_tail(&path).unwrap();
            let (bytes, text) = match length {
                _ if length < first.len() => (0, ""),
                _ if length < both.len() => (first.len(), "one\n"),
                _ => (both.len(), "one\ntwo\n"),
            };
            assert_eq!(
                kept,
                Kept {
                    bytes: bytes as u64,
                    cut: (length - bytes) as u64
                }
            );
            let mut left = String::new();
            if bytes > 0 {
                MultiGzDecoder::new(fs::File::open(&path).unwrap())
                    .read_to_string(&mut left)
                    .unwrap();
            }
            assert_eq!(left, text);
        }
    }

    #[test]
    fn bytes_that_are_no_member_are_cut() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.gz");
        let whole = member("one\n");
        fs::write(&path, [whole.as_slice(), &[0; 512]].concat()).unwrap();
        assert_eq!(
            cut_torn_tail(&path).unwrap(),
            Kept {
                bytes: whole.len() as u64,
                cut: 512
            }
        );
    }
}
