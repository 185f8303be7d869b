//! What a spool holds: numbered segments, and the place up to which they were drained.
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::super::damaged::Damaged;
use super::super::folder::sync_folder;
use super::cursor::{self, Cursor};
use super::frame;
use super::recover::recover;

/// The segments that hold something undrained, oldest first, and the cursor in the first of them.
#[derive(Debug)]
pub(super) struct Backlog {
    folder: PathBuf,
    segments: VecDeque<Segment>,
    /// Drained bytes of the first segment.
    drained: u64,
    damaged: Arc<Damaged>,
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
    pub(super) fn open(folder: &Path, damaged: Arc<Damaged>) -> io::Result<Self> {
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
            damaged,
        };
        for number in numbers {
            let bytes = recover(&backlog.path(number), &backlog.damaged)?;
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

    /// Whole frames from the front, up to about `bytes`. `None` when everything is drained. What is damaged is set aside
    /// once it has come to the front, so that it holds up nothing behind it.
    pub(super) fn peek(&mut self, bytes: usize) -> io::Result<Option<Chunk>> {
        while let Some(chunk) = self.front(bytes)? {
            if chunk.upto > self.drained {
                return Ok(Some(chunk));
            }
            self.set_damage_aside()?;
        }
        Ok(None)
    }

    fn front(&self, bytes: usize) -> io::Result<Option<Chunk>> {
        let Some(first) = self
            .segments
            .front()
            .filter(|first| self.drained < first.bytes)
        else {
            return Ok(None);
        };
        let mut file = BufReader::new(self.undrained(first)?);
        let (mut lines, mut upto) = (Vec::new(), self.drained);
        while upto < first.bytes && lines.len() < bytes {
            let Some(payload) = frame::next(&mut file)? else {
                break;
            };
            upto += (frame::HEADER_BYTES + payload.len()) as u64;
            lines.extend_from_slice(&payload);
        }
        Ok(Some(Chunk {
            lines: lines.into(),
            segment: first.number,
            upto,
        }))
    }

    /// Takes what stands before the next whole frame of the first segment off the front.
    fn set_damage_aside(&mut self) -> io::Result<()> {
        let Some(first) = self.segments.front().copied() else {
            return Ok(());
        };
        let mut rest = Vec::new();
        self.undrained(&first)?.read_to_end(&mut rest)?;
        rest.truncate(frame::find(&rest).unwrap_or(rest.len()));
        // A file that has become shorter than it was ends here too.
        let mut upto = first.bytes;
        if !rest.is_empty() {
            self.damaged
                .keep(&file_name(first.number), self.drained, &rest)?;
            upto = self.drained + rest.len() as u64;
        }
        self.advance(&Chunk {
            lines: Bytes::new(),
            segment: first.number,
            upto,
        })
    }

    /// The first segment's file, from the cursor to what was last appended.
    fn undrained(&self, first: &Segment) -> io::Result<io::Take<File>> {
        let mut file = File::open(self.path(first.number))?;
        file.seek(SeekFrom::Start(self.drained))?;
        Ok(file.take(first.bytes - self.drained))
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
        self.folder.join(file_name(number))
    }
}

fn file_name(number: u64) -> String {
    format!("{number:020}{SUFFIX}")
}

const SUFFIX: &str = ".spool";
/// A segment ends at this size (ours): drained space is given back in steps of it.
const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
