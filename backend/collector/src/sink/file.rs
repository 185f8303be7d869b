//! The file sink: gzip files in the layout Firehose writes, each acknowledged line behind an fsync.
//!
//! A file being written lives under `.open/`, which no listing of hours reaches, and is renamed into its hour once it is
//! large or old enough. Each group of lines is a gzip member of its own, so a file cut anywhere still reads up to the
//! last whole group.
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use eyeline_core::UnixMillis;
use flate2::{Compression, write::GzEncoder};

use super::commit::{GroupCommit, GroupWriter};
use super::folder::{create_folders, sync_folder};
use super::object_key::{file_name, folder_of};
use super::{EventSink, SinkError, recover};
use crate::clock::{WallClock, system_clock};

/// How files are cut.
#[derive(Clone)]
#[non_exhaustive]
pub struct FileSinkOptions {
    /// The stream's name, the first part of each file's name.
    pub stream: String,
    /// Folders between the root and the year, as `raw/`; may be empty.
    pub prefix: String,
    /// A file is finished at this many compressed bytes.
    pub rotate_bytes: u64,
    /// A file is finished this long after its first line.
    pub rotate_after: Duration,
    /// How long a group waits for company while calls overlap.
    pub linger: Duration,
    #[doc(hidden)]
    pub clock: WallClock,
}

impl Default for FileSinkOptions {
    fn default() -> Self {
        Self {
            stream: "eyeline-raw".to_owned(),
            prefix: String::new(),
            // Firehose's own defaults for S3 are 5 MiB and 300 s; the size hint counts before compression there.
            rotate_bytes: 5 * 1024 * 1024,
            rotate_after: Duration::from_secs(300),
            linger: Duration::from_millis(2),
            clock: system_clock(),
        }
    }
}

/// Writes lines to gzip files below a folder.
#[derive(Debug)]
pub struct FileSink {
    commits: GroupCommit,
}

impl FileSink {
    /// Opens the folder, creating it if needed, and finishes files that a killed process left open.
    ///
    /// # Errors
    /// The folder can't be written, or another process writes to it ([`io::ErrorKind::WouldBlock`]).
    pub fn open(root: impl AsRef<Path>, options: FileSinkOptions) -> io::Result<Self> {
        let linger = options.linger;
        let writer = FileWriter::open(root.as_ref(), options)?;
        Ok(Self {
            commits: GroupCommit::start("eyeline-file-sink", linger, writer)?,
        })
    }
}

#[async_trait]
impl EventSink for FileSink {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        self.commits.store(lines).await
    }

    fn ready(&self) -> bool {
        self.commits.is_open()
    }

    async fn close(&self) -> Result<(), SinkError> {
        self.commits.close().await
    }
}

struct FileWriter {
    root: PathBuf,
    open_folder: PathBuf,
    options: FileSinkOptions,
    current: Option<OpenFile>,
    /// Finished files that could not be moved into their hour yet, with their length.
    finished: Vec<(PathBuf, u64)>,
    /// Held while this process owns the folder; the kernel lets go of it however the process ends.
    _lock: File,
}

struct OpenFile {
    file: File,
    path: PathBuf,
    bytes: u64,
    opened: Instant,
    oldest: UnixMillis,
}

impl FileWriter {
    fn open(root: &Path, options: FileSinkOptions) -> io::Result<Self> {
        let open_folder = root.join(OPEN_FOLDER);
        create_folders(&open_folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(open_folder.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("another collector writes to {}", root.display()),
            ),
            fs::TryLockError::Error(error) => error,
        })?;
        let writer = Self {
            root: root.join(&options.prefix),
            open_folder,
            options,
            current: None,
            finished: Vec::new(),
            _lock: lock,
        };
        writer.finish_leftovers()?;
        Ok(writer)
    }

    fn finish_leftovers(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.open_folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "gz") {
                continue;
            }
            let kept = recover::cut_torn_tail(&path)?;
            tracing::info!(
                bytes = kept.bytes,
                cut = kept.cut,
                "finished a file that an earlier process left open"
            );
            self.publish(&path, kept.bytes)?;
        }
        Ok(())
    }

    /// Moves a finished file into its hour; an empty one has nothing to tell.
    fn publish(&self, path: &Path, bytes: u64) -> io::Result<()> {
        if bytes == 0 {
            return fs::remove_file(path);
        }
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let folder = folder_of(name).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not a file of ours: move it away", path.display()),
            )
        })?;
        let folder = self.root.join(folder);
        create_folders(&folder)?;
        fs::rename(path, folder.join(name))?;
        sync_folder(&folder)?;
        sync_folder(&self.open_folder)
    }

    /// Ends the current file and moves every finished one into its hour. One that can't be moved is tried again: its lines
    /// are durable where it stands, so that is no reason to refuse the next ones.
    fn rotate(&mut self) -> io::Result<()> {
        if let Some(current) = self.current.take() {
            self.finished.push((current.path, current.bytes));
        }
        let mut outcome = Ok(());
        for (path, bytes) in std::mem::take(&mut self.finished) {
            if let Err(error) = self.publish(&path, bytes) {
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
            let path = self
                .open_folder
                .join(file_name(&self.options.stream, oldest).map_err(io::Error::other)?);
            let file = OpenOptions::new()
                .create_new(true)
                .write(true)
                .open(&path)?;
            // The name must be as durable as the bytes that will be acknowledged under it.
            sync_folder(&self.open_folder)?;
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

const OPEN_FOLDER: &str = ".open";
/// Level 4 (ours): raw files live for days, and level 6 costs twice the time for 4 % less.
const GZIP_LEVEL: u32 = 4;
/// How often the injected clock is looked at (ours).
const CLOCK_LOOK: Duration = Duration::from_secs(1);
