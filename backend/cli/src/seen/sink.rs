//! A sink that shows what another sink has stored.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use eyeline_collector::{EventSink, SinkError, SinkGauge};
use tokio::sync::mpsc;

/// Hands lines on once they are durable. Nothing waits for whoever looks: when they come faster than they are counted, the
/// live page misses some, and the lake does not.
pub struct SeenSink {
    inner: Arc<dyn EventSink>,
    lines: mpsc::Sender<Bytes>,
}

impl SeenSink {
    /// Shows what `inner` stores.
    #[must_use]
    pub fn new(inner: Arc<dyn EventSink>) -> (Self, mpsc::Receiver<Bytes>) {
        let (lines, shown) = mpsc::channel(CALLS_WAITING_MAX);
        (Self { inner, lines }, shown)
    }
}

#[async_trait]
impl EventSink for SeenSink {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        self.inner.store(lines.clone()).await?;
        if self.lines.try_send(lines).is_err() {
            tracing::debug!(
                "the live page misses a batch: it falls behind, or nobody counts any more"
            );
        }
        Ok(())
    }

    fn ready(&self) -> bool {
        self.inner.ready()
    }

    fn gauges(&self) -> Vec<SinkGauge> {
        self.inner.gauges()
    }

    async fn close(&self) -> Result<(), SinkError> {
        self.inner.close().await
    }
}

/// How many stored calls may wait to be counted (ours): each holds at most one batch of 256 KiB, usually a few KiB.
const CALLS_WAITING_MAX: usize = 1024;
