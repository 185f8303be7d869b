//! Reads back a file that a killed process left behind: its whole gzip members are kept, a torn last one is cut, and what
//! a disk damaged is set aside.
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use super::super::damaged::{Damaged, TORN_BYTES_MAX};
use super::super::folder::sync_folder;

#[expect(
    clippy::disallowed_types,
    reason = "one member at a time is the point here, and the file is our own"
)]
type OneMember<R> = flate2::bufread::GzDecoder<R>;

/// What is left of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Bytes of whole members.
    pub(super) bytes: u64,
    /// Bytes of a torn tail, cut off. None of them was acknowledged.
    pub(super) cut: u64,
    /// Bytes that were damaged, set aside.
    pub(super) damaged: u64,
}

/// Keeps the whole members of a gzip file and makes that durable.
pub(super) fn recover(path: &Path, damaged: &Damaged) -> io::Result<Kept> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let whole = whole_members_at_the_start(&mut reader)?;
    let mut file = reader.into_inner();
    file.seek(SeekFrom::Start(whole))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let later = whole_members(&tail);
    if later.is_empty() && tail.len() <= TORN_BYTES_MAX {
        if !tail.is_empty() {
            file.set_len(whole)?;
        }
        // Unconditionally: whole members may still be in the page cache of a machine that is about to lose power.
        file.sync_all()?;
        return Ok(Kept {
            bytes: whole,
            cut: tail.len() as u64,
            damaged: 0,
        });
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut kept = Kept {
        bytes: whole,
        ..Kept::default()
    };
    let mut from = 0;
    for member in &later {
        set_aside(damaged, &name, whole, &tail, from..member.start)?;
        kept.bytes += member.len() as u64;
        from = member.end;
    }
    set_aside(damaged, &name, whole, &tail, from..tail.len())?;
    kept.damaged = whole + tail.len() as u64 - kept.bytes;
    file.seek(SeekFrom::Start(0))?;
    let members = later.iter().map(|member| &tail[member.clone()]);
    replace(path, file.take(whole), members)?;
    Ok(kept)
}

/// The length of the members before anything torn or damaged.
fn whole_members_at_the_start(reader: &mut BufReader<File>) -> io::Result<u64> {
    let mut whole = 0;
    while !reader.fill_buf()?.is_empty() {
        let mut member = OneMember::new(&mut *reader);
        match io::copy(&mut member, &mut io::sink()) {
            Ok(_) => whole = reader.stream_position()?,
            Err(error) if IS_NO_GZIP.contains(&error.kind()) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(whole)
}

/// Every whole member among bytes that do not begin with one. Its own checksum says that it is whole.
fn whole_members(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = memchr::memmem::find(&bytes[at..], &MEMBER_START) {
        let start = at + start;
        let mut rest = &bytes[start..];
        at = match io::copy(&mut OneMember::new(&mut rest), &mut io::sink()) {
            Ok(_) => {
                let end = bytes.len() - rest.len();
                found.push(start..end);
                end
            }
            Err(_) => start + 1,
        };
    }
    found
}

fn set_aside(
    damaged: &Damaged,
    name: &str,
    offset: u64,
    tail: &[u8],
    stretch: Range<usize>,
) -> io::Result<()> {
    if stretch.is_empty() {
        return Ok(());
    }
    damaged.keep(name, offset + stretch.start as u64, &tail[stretch])
}

/// Puts what is whole in the file's place, in one step.
fn replace<'b>(
    path: &Path,
    mut start: impl Read,
    members: impl Iterator<Item = &'b [u8]>,
) -> io::Result<()> {
    let rescued = path.with_extension("rescued");
    let mut file = File::create(&rescued)?;
    io::copy(&mut start, &mut file)?;
    for member in members {
        file.write_all(member)?;
    }
    file.sync_all()?;
    fs::rename(&rescued, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// How a member begins: magic and the one method there is (RFC 1952 §2.3.1).
const MEMBER_START: [u8; 3] = [0x1f, 0x8b, 0x08];
/// How the decoder says that bytes are no whole member. Any other error is the disk's, and then nothing may be cut.
const IS_NO_GZIP: [ErrorKind; 3] = [
    ErrorKind::UnexpectedEof,
    ErrorKind::InvalidInput,
    ErrorKind::InvalidData,
];

#[cfg(test)]
mod tests {
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
        let damaged = Damaged::below(dir.path()).unwrap();
        let (first, second) = (member("one\n"), member("two\n"));
        let both = [first.as_slice(), second.as_slice()].concat();
        for length in 0..=both.len() {
            fs::write(&path, &both[..length]).unwrap();
            let kept = recover(&path, &damaged).unwrap();
            let (bytes, text) = match length {
                _ if length < first.len() => (0, ""),
                _ if length < both.len() => (first.len(), "one\n"),
                _ => (both.len(), "one\ntwo\n"),
            };
            assert_eq!(
                kept,
                Kept {
                    bytes: bytes as u64,
                    cut: (length - bytes) as u64,
                    damaged: 0,
                }
            );
            let mut left = String::new();
            if bytes > 0 {
                MultiGzDecoder::new(File::open(&path).unwrap())
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
        let damaged = Damaged::below(dir.path()).unwrap();
        let whole = member("one\n");
        fs::write(&path, [whole.as_slice(), &[0; 512]].concat()).unwrap();
        assert_eq!(
            recover(&path, &damaged).unwrap(),
            Kept {
                bytes: whole.len() as u64,
                cut: 512,
                damaged: 0,
            }
        );
    }
}
