//! Where accepted lines go: one trait, and everything that implements it.
mod commit;
mod damaged;
mod file;
#[cfg(feature = "firehose")]
mod firehose;
mod folder;
mod memory;
mod spool;
mod spooled;

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub use file::{FileSink, FileSinkOptions};
#[cfg(feature = "firehose")]
pub use firehose::{FirehoseError, FirehoseOptions, FirehoseSink, Stream};
pub use memory::MemorySink;
pub use spool::{Spool, SpoolOptions};
pub use spooled::{OnThrottle, SpooledSink};

/// Takes raw lines and answers once they are durable.
///
/// Lines may be stored twice when a caller repeats a call that failed; they are never stored in part or torn.
#[async_trait]
pub trait EventSink: Send + Sync + 'static {
    /// Stores `lines`: one or more whole lines, each ending in `\n`. `Ok` means that they outlive this process.
    ///
    /// # Errors
    /// [`SinkError`]: the lines may or may not be stored, and the caller must not acknowledge them.
    async fn store(&self, lines: Bytes) -> Result<(), SinkError>;

    /// Whether a call of [`EventSink::store`] is expected to succeed now.
    fn ready(&self) -> bool;

    /// What has to be seen from outside, read for each scrape of `/metrics`.
    fn gauges(&self) -> Vec<SinkGauge> {
        Vec::new()
    }

    /// Finishes what is open and refuses lines from here on. Called once, after the last request was answered.
    ///
    /// # Errors
    /// [`SinkError`]: something stored stays where only the next start will find it.
    async fn close(&self) -> Result<(), SinkError>;
}

/// Why lines could not be stored. Whatever the variant, the client is asked to come back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// More lines are waiting than the sink is willing to hold.
    #[error("the sink has too much waiting")]
    Busy,
    /// The sink's own bound of bytes is reached.
    #[error("the sink is full")]
    Full,
    /// The sink was closed.
    #[error("the sink is closed")]
    Closed,
    /// The service behind the sink takes no more for now.
    #[error("the sink is throttled")]
    Throttled,
    /// The storage behind the sink failed.
    #[error("storage failed: {0}")]
    Storage(#[from] io::Error),
}

impl SinkError {
    /// How long a client should wait before it sends again.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        match self {
            Self::Busy => Duration::from_secs(1),
            Self::Closed => Duration::from_secs(2),
            Self::Throttled | Self::Storage(_) => Duration::from_secs(5),
            Self::Full => Duration::from_secs(30),
        }
    }
}

/// Stores within [`SINK_TIMEOUT`], or counts as failed; lines that arrive later are then stored twice.
async fn store_in_time(sink: &dyn EventSink, lines: Bytes) -> Result<(), SinkError> {
    tokio::time::timeout(SINK_TIMEOUT, sink.store(lines))
        .await
        .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// How long one call of a sink may take before its spool takes over (ours): below the 30 s after which clients give up.
const SINK_TIMEOUT: Duration = Duration::from_secs(10);

/// One measured value of a sink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SinkGauge {
    /// Prometheus name, with its unit.
    pub name: &'static str,
    /// The value now.
    pub value: f64,
}

impl SinkGauge {
    /// A gauge of things or bytes.
    #[expect(clippy::cast_precision_loss, reason = "a gauge; nobody counts to 2^53")]
    fn count(name: &'static str, count: u64) -> Self {
        Self {
            name,
            value: count as f64,
        }
    }
}
