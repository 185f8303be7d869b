//! Writes groups of lines to the current file and ends it when it is large or old enough.
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use eyeline_core::UnixMillis;
use flate2::{Compression, write::GzEncoder};

use super::super::SinkError;
use super::super::commit::GroupWriter;
use super::super::damaged::Damaged;
use super::FileSinkOptions;
use super::hours::Hours;

/// The file being written, and those that wait to be moved.
pub(super) struct FileWriter {
    hours: Hours,
    options: FileSinkOptions,
    current: Option<OpenFile>,
    /// Files that take no more lines and are not in their hour yet.
    finished: Vec<Finished>,
    retry: Retry,
}

struct Finished {
    path: PathBuf,
    /// Bytes that were acknowledged.
    bytes: u64,
    /// More bytes stand behind them: a write failed and could not be undone.
    torn: bool,
}

/// When files that could not be moved are tried again.
#[derive(Default)]
struct Retry {
    failures: u32,
    at: Option<Instant>,
}

struct OpenFile {
    file: File,
    path: PathBuf,
    bytes: u64,
    opened: Instant,
    oldest: UnixMillis,
}

impl FileWriter {
    pub(super) fn open(root: &Path, options: FileSinkOptions) -> io::Result<Self> {
        let hours = Hours::own(root, &options.prefix)?;
        Ok(Self {
            hours,
            options,
            current: None,
            finished: Vec::new(),
            retry: Retry::default(),
        })
    }

    /// What was set aside below the root.
    pub(super) fn damaged(&self) -> Arc<Damaged> {
        self.hours.damaged()
    }

    fn end_current(&mut self, torn: bool) {
        if let Some(OpenFile { path, bytes, .. }) = self.current.take() {
            self.finished.push(Finished { path, bytes, torn });
        }
    }

    /// Moves every finished file into its hour. One that can't be moved is tried again: its lines are durable where it
    /// stands, so that is no reason to refuse the next ones, nor to begin files that are no better.
    fn publish_finished(&mut self) -> io::Result<()> {
        let mut outcome = Ok(());
        for mut finished in std::mem::take(&mut self.finished) {
            let moved = finished
                .cut()
                .and_then(|()| self.hours.publish(&finished.path, finished.bytes));
            if let Err(error) = moved {
                tracing::error!(%error, "a finished file could not be moved into its hour");
                self.finished.push(finished);
                outcome = Err(error);
            }
        }
        self.retry.note(outcome.is_ok(), Instant::now());
        outcome
    }

    fn current_is_due(&self) -> bool {
        self.current.as_ref().is_some_and(|current| {
            // Both clocks count: a stepped clock must not keep a file from a reader that waits in real time, nor put days
            // into one file.
            current.bytes >= self.options.rotate_bytes
                || current.opened.elapsed() >= self.options.rotate_after
                || (self.options.clock)().since(current.oldest) >= self.options.rotate_after
        })
    }

    fn current(&mut self) -> io::Result<&mut OpenFile> {
        if self.current.is_none() {
            let oldest = (self.options.clock)();
            let (file, path) = self.hours.create(&self.options.stream, oldest)?;
            self.current = Some(OpenFile {
                file,
                path,
                bytes: 0,
                opened: Instant::now(),
                oldest,
            });
        }
        Ok(self.current.as_mut().expect("it was just opened"))
    }
}

impl GroupWriter for FileWriter {
    fn commit(&mut self, group: &[Bytes]) -> Result<(), SinkError> {
        self.tick();
        let member = compress(group)?;
        let current = self.current()?;
        let written = current
            .file
            .write_all(&member)
            .and_then(|()| current.file.sync_data());
        if let Err(error) = written {
            // What stands after the last good byte was never acknowledged. A file whose fsync failed once is not trusted
            // again: the kernel may have dropped its pages.
            let bytes = current.bytes;
            let cut = current
                .file
                .set_len(bytes)
                .and_then(|()| current.file.seek(SeekFrom::Start(bytes)));
            let torn = cut.is_err();
            self.end_current(torn);
            return Err(error.into());
        }
        current.bytes += member.len() as u64;
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        let now = Instant::now();
        // A stepped clock moves without telling, so it is looked at again and again.
        let look = || now + self.options.rotate_after.min(CLOCK_LOOK);
        let current = self.current.as_ref().map(|_| look());
        let finished = (!self.finished.is_empty()).then(|| self.retry.at.unwrap_or(now));
        current.into_iter().chain(finished).min()
    }

    fn tick(&mut self) {
        if self.current_is_due() {
            self.end_current(false);
        }
        if !self.finished.is_empty() && self.retry.is_due(Instant::now()) {
            // Its failure is logged where it happens.
            drop(self.publish_finished());
        }
    }

    fn probe(&mut self) -> io::Result<()> {
        self.hours.probe()
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.end_current(false);
        Ok(self.publish_finished()?)
    }
}

impl Finished {
    /// Leaves nothing behind the bytes that were acknowledged.
    fn cut(&mut self) -> io::Result<()> {
        if !self.torn || self.bytes == 0 {
            return Ok(());
        }
        let file = OpenOptions::new().write(true).open(&self.path)?;
        file.set_len(self.bytes)?;
        file.sync_all()?;
        self.torn = false;
        Ok(())
    }
}

impl Retry {
    fn is_due(&self, now: Instant) -> bool {
        self.at.is_none_or(|at| now >= at)
    }

    fn note(&mut self, worked: bool, now: Instant) {
        self.failures = if worked { 0 } else { self.failures + 1 };
        let doublings = self.failures.saturating_sub(1).min(16);
        let pause = RETRY_PAUSE
            .saturating_mul(1 << doublings)
            .min(RETRY_PAUSE_MAX);
        self.at = (!worked).then(|| now + pause);
    }
}

fn compress(group: &[Bytes]) -> io::Result<Vec<u8>> {
    let raw: usize = group.iter().map(Bytes::len).sum();
    let mut encoder = GzEncoder::new(
        Vec::with_capacity(raw / 4 + 64),
        Compression::new(GZIP_LEVEL),
    );
    for lines in group {
        encoder.write_all(lines)?;
    }
    encoder.finish()
}

/// Level 4 (ours): raw files live for days, and level 6 costs twice the time for 4 % less.
const GZIP_LEVEL: u32 = 4;
/// First pause before files that could not be moved are tried again (ours); it doubles.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Longest such pause (ours): a repaired disk is noticed within a minute.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(60);
/// How often the injected clock is looked at (ours).
const CLOCK_LOOK: Duration = Duration::from_secs(1);

#[cfg(test)]
#[path = "writer_test.rs"]
mod tests;
