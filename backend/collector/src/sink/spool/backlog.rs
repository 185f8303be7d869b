//! What a spool holds: numbered segments, and the place up to which they were drained.
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::super::folder::sync_folder;
use super::cursor::{self, Cursor};
use super::frame::{self, cut_torn_tail};

/// The segments that hold something undrained, oldest first, and the cursor in the first of them.
#[derive(Debug)]
pub(super) struct Backlog {
    folder: PathBuf,
    segments: VecDeque<Segment>,
    /// Drained bytes of the first segment.
    drained: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    number: u64,
    bytes: u64,
}

/// Lines from the front of the backlog, and how to take them off.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) lines: Bytes,
    segment: u64,
    upto: u64,
}

impl Backlog {
    /// Reads a folder back: torn tails are cut, drained segments removed.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut numbers: Vec<u64> = fs::read_dir(folder)?
            .filter_map(|entry| {
                entry
                    .ok()?
                    .path()
                    .file_name()?
                    .to_str()?
                    .strip_suffix(SUFFIX)?
                    .parse()
                    .ok()
            })
            .collect();
        numbers.sort_unstable();
        let mut backlog = Self {
            folder: folder.to_owned(),
            segments: VecDeque::new(),
            drained: 0,
        };
        for number in numbers {
            let bytes = cut_torn_tail(&backlog.path(number))?;
            backlog.segments.push_back(Segment { number, bytes });
        }
        let Cursor { segment, drained } = cursor::read(folder);
        while backlog
            .segments
            .front()
            .is_some_and(|first| first.number < segment)
        {
            backlog.remove_first()?;
        }
        if let Some(first) = backlog
            .segments
            .front()
            .filter(|first| first.number == segment)
        {
            backlog.drained = drained.min(first.bytes);
        }
        backlog.remove_drained()?;
        Ok(backlog)
    }

    /// Undrained bytes, frame headers included.
    pub(super) fn bytes(&self) -> u64 {
        self.segments
            .iter()
            .map(|segment| segment.bytes)
            .sum::<u64>()
            - self.drained
    }

    /// The file new frames go to, and its length: a new one after a large one.
    pub(super) fn append_to(&mut self) -> io::Result<(File, u64)> {
        let last = match self.segments.back() {
            Some(last) if last.bytes < SEGMENT_BYTES => *last,
            last => {
                let number = match last {
                    Some(last) => last.number + 1,
                    // Above every number the cursor may still name.
                    None => cursor::read(&self.folder).segment + 1,
                };
                // It may stand there already: made by a call that failed right after.
                File::create(self.path(number))?;
                sync_folder(&self.folder)?;
                let segment = Segment { number, bytes: 0 };
                self.segments.push_back(segment);
                segment
            }
        };
        let mut file = OpenOptions::new()
            .write(true)
            .open(self.path(last.number))?;
        file.seek(SeekFrom::Start(last.bytes))?;
        Ok((file, last.bytes))
    }

    /// Notes that the last segment is now `bytes` long.
    pub(super) fn appended(&mut self, bytes: u64) {
        if let Some(last) = self.segments.back_mut() {
            last.bytes = bytes;
        }
    }

    /// Whole frames from the front, up to about `bytes`. `None` when everything is drained.
    pub(super) fn peek(&self, bytes: usize) -> io::Result<Option<Chunk>> {
        let Some(first) = self
            .segments
            .front()
            .filter(|first| self.drained < first.bytes)
        else {
            return Ok(None);
        };
        let mut file = BufReader::new(File::open(self.path(first.number))?);
        file.seek(SeekFrom::Start(self.drained))?;
        let (mut lines, mut upto) = (Vec::new(), self.drained);
        while upto < first.bytes && lines.len() < bytes {
            let payload = frame::next(&mut file)?.ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("segment {} is damaged at byte {upto}", first.number),
                )
            })?;
            upto += (frame::HEADER_BYTES + payload.len()) as u64;
            lines.extend_from_slice(&payload);
        }
        Ok(Some(Chunk {
            lines: lines.into(),
            segment: first.number,
            upto,
        }))
    }

    /// Takes a drained chunk off the front.
    pub(super) fn advance(&mut self, chunk: &Chunk) -> io::Result<()> {
        if self
            .segments
            .front()
            .is_none_or(|first| first.number != chunk.segment)
        {
            return Ok(());
        }
        self.drained = chunk.upto;
        cursor::write(
            &self.folder,
            Cursor {
                segment: chunk.segment,
                drained: chunk.upto,
            },
        )?;
        self.remove_drained()
    }

    fn remove_drained(&mut self) -> io::Result<()> {
        while self
            .segments
            .front()
            .is_some_and(|first| self.drained >= first.bytes)
        {
            self.remove_first()?;
        }
        Ok(())
    }

    fn remove_first(&mut self) -> io::Result<()> {
        if let Some(first) = self.segments.pop_front() {
            self.drained = 0;
            fs::remove_file(self.path(first.number))?;
        }
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:020}{SUFFIX}"))
    }
}

const SUFFIX: &str = ".spool";
/// A segment ends at this size (ours): drained space is given back in steps of it.
const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
