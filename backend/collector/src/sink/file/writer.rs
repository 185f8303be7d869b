//! Writes groups of lines to the current file and ends it when it is large or old enough.
use std::fs::File;
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
    /// Finished files that could not be moved into their hour yet, with their length.
    finished: Vec<(PathBuf, u64)>,
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
        })
    }

    /// What was set aside below the root.
    pub(super) fn damaged(&self) -> Arc<Damaged> {
        self.hours.damaged()
    }

    /// Ends the current file and moves every finished one into its hour. One that can't be moved is tried again: its lines
    /// are durable where it stands, so that is no reason to refuse the next ones.
    fn rotate(&mut self) -> io::Result<()> {
        if let Some(current) = self.current.take() {
            self.finished.push((current.path, current.bytes));
        }
        let mut outcome = Ok(());
        for (path, bytes) in std::mem::take(&mut self.finished) {
            if let Err(error) = self.hours.publish(&path, bytes) {
                tracing::error!(%error, "a finished file could not be moved into its hour");
                self.finished.push((path, bytes));
                outcome = Err(error);
            }
        }
        outcome
    }

    fn is_due(&self) -> bool {
        !self.finished.is_empty()
            || self.current.as_ref().is_some_and(|current| {
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
        if self.is_due() {
            self.tick();
        }
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
            match cut {
                Ok(_) => drop(self.rotate()),
                Err(_) => self.current = None,
            }
            return Err(error.into());
        }
        current.bytes += member.len() as u64;
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        // A stepped clock moves without telling, so it is looked at again and again.
        let idle = self.current.is_none() && self.finished.is_empty();
        (!idle).then(|| Instant::now() + self.options.rotate_after.min(CLOCK_LOOK))
    }

    fn tick(&mut self) {
        if self.is_due() {
            // Its failure is logged where it happens and tried again at the next tick.
            drop(self.rotate());
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(self.rotate()?)
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
/// How often the injected clock is looked at (ours).
const CLOCK_LOOK: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_write_that_fails_refuses_its_group_and_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = FileWriter::open(folder.path(), FileSinkOptions::default()).unwrap();
        writer.commit(&["before\n".into()]).unwrap();
        // A handle that can't write stands for a disk that can't.
        let current = writer.current.as_mut().unwrap();
        current.file = File::open(&current.path).unwrap();
        assert!(matches!(
            writer.commit(&["lost\n".into()]),
            Err(SinkError::Storage(_))
        ));
        writer.commit(&["after\n".into()]).unwrap();
        writer.finish().unwrap();
        drop(writer);
        // What could not be moved now is by the next start.
        let mut writer = FileWriter::open(folder.path(), FileSinkOptions::default()).unwrap();
        writer.finish().unwrap();
        assert_eq!(
            fs::read_dir(folder.path().join(".open")).unwrap().count(),
            1,
            "only the lock is left"
        );
    }
}
