//! A sink with a spool behind it: while the sink fails lines wait on the disk, and are drained in order afterwards.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{EventSink, SinkError, SinkGauge, Spool, store_in_time};

/// Tries a sink first and a spool second.
#[derive(Debug)]
pub struct SpooledSink {
    shared: Arc<Shared>,
    drainer: Mutex<Option<JoinHandle<()>>>,
}

/// What becomes of lines that the sink is too busy for, where it says so ([`SinkError::Throttled`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnThrottle {
    /// They are spooled, as with any other failure: clients notice nothing, and the spool levels the peak out.
    #[default]
    Spool,
    /// Clients are asked to come back: the load stays with them, and the spool is left to outages.
    Refuse,
}

struct Shared {
    sink: Arc<dyn EventSink>,
    spool: Spool,
    /// The sink failed and nothing has reached it since: new lines go straight to the spool, so that no client waits for
    /// a timeout that others have already waited for.
    failing: AtomicBool,
    spooled_calls: AtomicU64,
    spooled: Notify,
    stop: CancellationToken,
    on_throttle: OnThrottle,
}

impl SpooledSink {
    /// Puts `spool` behind `sink` and starts draining what an earlier process left in it. Needs a Tokio runtime.
    #[must_use]
    pub fn new(sink: Arc<dyn EventSink>, spool: Spool) -> Self {
        Self::with(sink, spool, OnThrottle::default())
    }

    /// As [`SpooledSink::new`], and says what throttling means.
    #[must_use]
    pub fn with(sink: Arc<dyn EventSink>, spool: Spool, on_throttle: OnThrottle) -> Self {
        let shared = Arc::new(Shared {
            sink,
            spool,
            failing: AtomicBool::new(false),
            spooled_calls: AtomicU64::new(0),
            spooled: Notify::new(),
            stop: CancellationToken::new(),
            on_throttle,
        });
        let drainer = tokio::spawn(drain(Arc::clone(&shared)));
        Self {
            shared,
            drainer: Mutex::new(Some(drainer)),
        }
    }

    /// Follows how many bytes wait in the spool.
    #[must_use]
    pub fn watch_waiting(&self) -> watch::Receiver<u64> {
        self.shared.spool.watch_waiting()
    }
}

#[async_trait]
impl EventSink for SpooledSink {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        let shared = &self.shared;
        let skipped = shared.failing.load(Ordering::Relaxed);
        if !skipped {
            let Err(error) = store_in_time(&*shared.sink, lines.clone()).await else {
                return Ok(());
            };
            if shared.on_throttle == OnThrottle::Refuse && matches!(error, SinkError::Throttled) {
                return Err(error);
            }
            if !shared.failing.swap(true, Ordering::Relaxed) {
                tracing::warn!(%error, "the sink failed; lines go to the spool");
            }
        }
        if let Err(error) = shared.spool.store(lines.clone()).await {
            // With the spool gone as well the sink is the last resort, whatever it did last.
            return if skipped {
                store_in_time(&*shared.sink, lines).await
            } else {
                Err(error)
            };
        }
        shared.spooled_calls.fetch_add(1, Ordering::Relaxed);
        shared.spooled.notify_one();
        Ok(())
    }

    fn ready(&self) -> bool {
        let sink_works = !self.shared.failing.load(Ordering::Relaxed) && self.shared.sink.ready();
        sink_works || self.shared.spool.ready()
    }

    fn gauges(&self) -> Vec<SinkGauge> {
        let mut gauges = self.shared.sink.gauges();
        gauges.extend(self.shared.spool.gauges());
        let calls = self.shared.spooled_calls.load(Ordering::Relaxed);
        gauges.push(SinkGauge::count("eyeline_spooled_calls", calls));
        let failing = self.shared.failing.load(Ordering::Relaxed);
        gauges.push(SinkGauge::count("eyeline_sink_failing", failing.into()));
        gauges
    }

    /// What is still spooled stays, and the next start drains it.
    async fn close(&self) -> Result<(), SinkError> {
        self.shared.stop.cancel();
        let drainer = self
            .drainer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(drainer) = drainer {
            drop(drainer.await);
        }
        let closed = self.shared.sink.close().await;
        self.shared.spool.close().await?;
        closed
    }
}

impl Drop for SpooledSink {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("spool", &self.spool)
            .field("failing", &self.failing)
            .finish_non_exhaustive()
    }
}

/// Hands the spool's lines to the sink, oldest first, for as long as there are any; it is also what finds out that the
/// sink works again. Stopped between chunks only, so that nothing of the spool is in use once this has ended.
async fn drain(shared: Arc<Shared>) {
    let mut pause = shared.spool.retry_after();
    while !shared.stop.is_cancelled() {
        let drained = shared.spool.drain_some(&*shared.sink).await;
        let wait = async {
            match drained {
                Ok(more) => {
                    pause = shared.spool.retry_after();
                    recovered(&shared);
                    if !more {
                        shared.spooled.notified().await;
                    }
                }
                Err(error) => {
                    let waiting_bytes = shared.spool.waiting_bytes();
                    tracing::warn!(%error, waiting_bytes, "the spool can't be drained yet");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        };
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = wait => {}
        }
    }
}

fn recovered(shared: &Shared) {
    if shared.failing.swap(false, Ordering::Relaxed) {
        tracing::info!("the sink works again");
    }
}

/// Longest pause between drains (ours).
const PAUSE_MAX: Duration = Duration::from_secs(30);
