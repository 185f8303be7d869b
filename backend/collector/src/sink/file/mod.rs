//! The file sink: gzip files in the layout Firehose writes, each acknowledged line behind an fsync.
//!
//! A file being written lives under `.open/`, which no listing of hours reaches, and is renamed into its hour once it is
//! large or old enough. Each group of lines is a gzip member of its own, so a file cut anywhere still reads up to the
//! last whole group.
mod hours;
mod object_key;
mod recover;
mod writer;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::commit::GroupCommit;
use super::damaged::Damaged;
use super::{EventSink, SinkError, SinkGauge};
use crate::clock::{WallClock, system_clock};
use writer::FileWriter;

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
    damaged: Arc<Damaged>,
}

impl FileSink {
    /// Opens the folder, creating it if needed, and finishes files that a killed process left open.
    ///
    /// # Errors
    /// The folder can't be written, or another process writes to it ([`io::ErrorKind::WouldBlock`]).
    pub fn open(root: impl AsRef<Path>, options: FileSinkOptions) -> io::Result<Self> {
        let linger = options.linger;
        let writer = FileWriter::open(root.as_ref(), options)?;
        let damaged = writer.damaged();
        Ok(Self {
            damaged,
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
        self.commits.is_ready()
    }

    fn gauges(&self) -> Vec<SinkGauge> {
        vec![SinkGauge::count(
            "eyeline_files_damaged_bytes",
            self.damaged.bytes(),
        )]
    }

    async fn close(&self) -> Result<(), SinkError> {
        self.commits.close().await
    }
}
