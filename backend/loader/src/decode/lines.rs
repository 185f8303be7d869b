//! Bounded reading of raw objects: gzip or plain, in chunks of whole lines.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// Reads a raw object as chunks of whole lines. Memory stays at one chunk, whatever the object holds.
pub struct Lines<R> {
    from: Source<R>,
    buffer: Vec<u8>,
    filled: usize,
    /// Bytes at the front of the buffer that were already handed out.
    done: usize,
    left: u64,
    in_overlong_line: bool,
}

enum Source<R> {
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    Plain(BufReader<R>),
}

impl<R: Read> Lines<R> {
    /// Reads `from`, gzip or plain by its first bytes, and gives up after `bytes_max` bytes of lines.
    ///
    /// # Errors
    /// What reading the first bytes reports.
    pub fn new(from: R, bytes_max: u64) -> io::Result<Self> {
        let mut from = BufReader::with_capacity(INPUT_BYTES, from);
        let from = if from.fill_buf()?.starts_with(&GZIP_MAGIC) {
            Source::Gzip(Box::new(MultiGzDecoder::new(from)))
        } else {
            Source::Plain(from)
        };
        let buffer = vec![0; CHUNK_BYTES];
        Ok(Self {
            from,
            buffer,
            filled: 0,
            done: 0,
            left: bytes_max,
            in_overlong_line: false,
        })
    }

    /// The next whole lines, or `None` at the end. Of a line longer than a chunk only the first chunk is given, so that
    /// it is counted once, as unreadable.
    ///
    /// # Errors
    /// What reading reports: a broken or truncated gzip stream, or more bytes than allowed. Lines already given out stay good.
    pub fn next_chunk(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            self.buffer.copy_within(self.done..self.filled, 0);
            self.filled -= self.done;
            self.done = 0;
            let ended = self.fill()?;
            let whole = memchr::memrchr(b'\n', &self.buffer[..self.filled]).map(|at| at + 1);
            let (start, end) = match (whole, self.in_overlong_line) {
                (None, _) if self.filled == 0 => return Ok(None),
                (Some(_), true) => {
                    // The rest of the line that was too long ends at the first line feed.
                    self.in_overlong_line = false;
                    self.done =
                        memchr::memchr(b'\n', &self.buffer[..self.filled]).map_or(0, |at| at + 1);
                    continue;
                }
                (None, true) => {
                    self.done = self.filled;
                    continue;
                }
                (Some(whole), false) => (0, whole),
                (None, false) => {
                    self.in_overlong_line = !ended;
                    (0, self.filled)
                }
            };
            self.done = end;
            return Ok(Some(&self.buffer[start..end]));
        }
    }

    /// Fills the buffer; whether the input has ended.
    fn fill(&mut self) -> io::Result<bool> {
        while self.filled < self.buffer.len() {
            let space = &mut self.buffer[self.filled..];
            let read = match &mut self.from {
                Source::Gzip(from) => from.read(space),
                Source::Plain(from) => from.read(space),
            };
            match read {
                Ok(0) => return Ok(true),
                Ok(read) => {
                    self.left = self.left.checked_sub(read as u64).ok_or_else(too_much)?;
                    self.filled += read;
                }
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(false)
    }
}

impl<R> std::fmt::Debug for Lines<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

fn too_much() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the object holds more bytes of lines than allowed",
    )
}

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// A chunk holds the largest record Firehose takes (1,000 KiB), so every line the collector writes fits.
const CHUNK_BYTES: usize = 2 * 1024 * 1024;
const INPUT_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(bytes).unwrap();
        to.finish().unwrap()
    }

    fn chunks(object: &[u8], bytes_max: u64) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = Lines::new(object, bytes_max)?;
        let mut all = Vec::new();
        while let Some(chunk) = lines.next_chunk()? {
            all.push(chunk.to_vec());
        }
        Ok(all)
    }

    #[test]
    fn several_gzip_members_read_as_one_object() {
        let object = [gzip(b"one\ntwo\n"), gzip(b"three\n")].concat();
        assert_eq!(chunks(&object, 100).unwrap().concat(), b"one\ntwo\nthree\n");
        assert_eq!(chunks(b"one\ntwo", 100).unwrap().concat(), b"one\ntwo");
    }

    #[test]
    fn chunks_end_where_lines_end() {
        let line = [vec![b'x'; 999], vec![b'\n']].concat();
        let object: Vec<u8> = line
            .iter()
            .copied()
            .cycle()
            .take(5 * CHUNK_BYTES / 1000 * 1000)
            .collect();
        let all = chunks(&gzip(&object), u64::MAX).unwrap();
        assert!(all.len() > 4 && all.iter().all(|chunk| chunk.len().is_multiple_of(1000)));
        assert_eq!(all.concat(), object);
    }

    #[test]
    fn a_line_too_long_is_cut_and_its_neighbours_stay_whole() {
        let object = [
            b"before\n".to_vec(),
            vec![b'x'; 3 * CHUNK_BYTES],
            b"\nafter\n".to_vec(),
        ]
        .concat();
        let all = chunks(&object, u64::MAX).unwrap();
        assert_eq!(all[0], b"before\n");
        assert!(all[1].len() <= CHUNK_BYTES && all[1].iter().all(|byte| *byte == b'x'));
        assert_eq!(all[2..].concat(), b"after\n");
    }

    #[test]
    fn a_bomb_and_a_truncated_object_are_errors() {
        let object = gzip(&vec![b'\n'; 10_000_000]);
        assert!(chunks(&object, 1_000_000).is_err());
        assert!(chunks(&object[..object.len() / 2], u64::MAX).is_err());
    }
}
