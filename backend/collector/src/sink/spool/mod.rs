//! The spool: an fsynced append that holds lines while the sink fails.
mod backlog;
mod cursor;
mod frame;
mod recover;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

use super::commit::{GroupCommit, GroupWriter};
use super::damaged::Damaged;
use super::folder::{FolderLock, create_folders, lock_folder, probe_folder};
use super::{EventSink, SinkError, SinkGauge, store_in_time};
use backlog::Backlog;

/// Where lines wait while the sink fails, and how many.
#[derive(Debug, Clone)]
pub struct SpoolOptions {
    /// A folder of the spool's own.
    pub folder: PathBuf,
    /// Most bytes that may wait; beyond them clients are asked to come back.
    pub bytes_max: u64,
    /// How long a group waits for company while calls overlap.
    pub linger: Duration,
    /// First pause after draining failed; it doubles up to 30 s.
    pub retry_after: Duration,
    /// Whether the folder's disk is still there when this host is not: true for a volume that is mounted again elsewhere
    /// (EBS, EFS), false for a container's own disk. A 2xx must not rest on a disk that dies with the host, so where this
    /// is false there is no spool.
    pub disk_outlives_host: bool,
}

impl SpoolOptions {
    /// A spool in `folder` of at most 1 GiB, on a disk that outlives the host.
    #[must_use]
    pub fn durable(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            bytes_max: 1 << 30,
            linger: Duration::from_millis(2),
            retry_after: Duration::from_secs(1),
            disk_outlives_host: true,
        }
    }
}

/// Holds lines in order until they are drained.
#[derive(Debug)]
pub struct Spool {
    commits: GroupCommit,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    backlog: Mutex<Backlog>,
    /// What the backlog holds, readable while an fsync holds the lock.
    waiting_bytes: watch::Sender<u64>,
    damaged: Arc<Damaged>,
    folder: PathBuf,
    bytes_max: u64,
    retry_after: Duration,
    /// Held while this process owns the folder.
    _lock: FolderLock,
}

impl Spool {
    /// Opens the folder, creating it if needed, and finds again what an earlier process left in it. `None` where the disk
    /// does not outlive the host.
    ///
    /// # Errors
    /// The folder can't be read and written, or another process has it open ([`io::ErrorKind::WouldBlock`]).
    pub fn open(options: &SpoolOptions) -> io::Result<Option<Self>> {
        if !options.disk_outlives_host {
            tracing::warn!("the spool is off: its disk does not outlive the host");
            return Ok(None);
        }
        create_folders(&options.folder)?;
        let lock = lock_folder(&options.folder)?;
        let damaged = Arc::new(Damaged::below(&options.folder)?);
        let backlog = Backlog::open(&options.folder, Arc::clone(&damaged))?;
        let waiting_bytes = watch::Sender::new(backlog.bytes());
        let shared = Arc::new(Shared {
            backlog: Mutex::new(backlog),
            waiting_bytes,
            damaged,
            folder: options.folder.clone(),
            bytes_max: options.bytes_max,
            retry_after: options.retry_after,
            _lock: lock,
        });
        let writer = SpoolWriter {
            shared: Arc::clone(&shared),
        };
        Ok(Some(Self {
            commits: GroupCommit::start("eyeline-spool", options.linger, writer)?,
            shared,
        }))
    }

    /// Bytes that wait.
    #[must_use]
    pub fn waiting_bytes(&self) -> u64 {
        *self.shared.waiting_bytes.borrow()
    }

    pub(super) fn retry_after(&self) -> Duration {
        self.shared.retry_after
    }

    /// Follows how many bytes wait.
    #[must_use]
    pub fn watch_waiting(&self) -> watch::Receiver<u64> {
        self.shared.waiting_bytes.subscribe()
    }

    /// Hands the oldest lines to `sink` and takes them off once it has them. `false` when nothing waits.
    ///
    /// # Errors
    /// The sink's, or reading the spool failed; the lines stay.
    pub async fn drain_some(&self, sink: &dyn EventSink) -> Result<bool, SinkError> {
        let shared = Arc::clone(&self.shared);
        let peeked = blocking(move || {
            let mut backlog = shared.backlog();
            let peeked = backlog.peek(CHUNK_BYTES);
            // Fewer where something damaged was set aside.
            shared.waiting_bytes.send_replace(backlog.bytes());
            peeked
        });
        let Some(chunk) = peeked.await? else {
            return Ok(false);
        };
        store_in_time(sink, chunk.lines.clone()).await?;
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let mut backlog = shared.backlog();
            let advanced = backlog.advance(&chunk);
            shared.waiting_bytes.send_replace(backlog.bytes());
            advanced
        })
        .await?;
        Ok(true)
    }
}

#[async_trait]
impl EventSink for Spool {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        self.commits.store(lines).await
    }

    fn ready(&self) -> bool {
        self.commits.is_ready() && self.waiting_bytes() < self.shared.bytes_max
    }

    fn gauges(&self) -> Vec<SinkGauge> {
        vec![
            SinkGauge::count("eyeline_spool_waiting_bytes", self.waiting_bytes()),
            SinkGauge::count("eyeline_spool_damaged_bytes", self.shared.damaged.bytes()),
        ]
    }

    async fn close(&self) -> Result<(), SinkError> {
        self.commits.close().await
    }
}

impl Shared {
    fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct SpoolWriter {
    shared: Arc<Shared>,
}

impl GroupWriter for SpoolWriter {
    fn commit(&mut self, group: &[Bytes]) -> Result<(), SinkError> {
        let mut frames = Vec::new();
        for lines in group {
            frame::append(lines, &mut frames)?;
        }
        // Held through the fsync: nobody drains what is not durable yet, and while the sink fails nobody else is waiting.
        let mut backlog = self.shared.backlog();
        if backlog.bytes() + frames.len() as u64 > self.shared.bytes_max {
            return Err(SinkError::Full);
        }
        let (mut file, length) = backlog.append_to()?;
        if let Err(error) = file.write_all(&frames).and_then(|()| file.sync_data()) {
            // A torn tail is cut at the next start too; cutting it now lets the next call append behind whole frames.
            file.set_len(length)?;
            return Err(error.into());
        }
        backlog.appended(length + frames.len() as u64);
        self.shared.waiting_bytes.send_replace(backlog.bytes());
        Ok(())
    }

    fn probe(&mut self) -> io::Result<()> {
        probe_folder(&self.shared.folder)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(io::Error::other("reading the spool was interrupted")))
}

/// How much is drained in one call of the sink (ours): Firehose takes 4 MiB a call.
const CHUNK_BYTES: usize = 2 * 1024 * 1024;
