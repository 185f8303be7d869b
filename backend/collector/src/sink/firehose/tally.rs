//! What a stream took and refused, counted for `/metrics`.
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::pack::billed;
use super::put::Failure;
use crate::sink::SinkGauge;

/// How long a sink that gave up is not ready (ours).
const REST: Duration = Duration::from_secs(5);

/// Counts since the start. Each stream adds to the same.
#[derive(Debug, Default)]
pub(super) struct Tally {
    records: AtomicU64,
    bytes: AtomicU64,
    billed_bytes: AtomicU64,
    failed_entries: AtomicU64,
    throttled_calls: AtomicU64,
    /// When records were last given up, where nothing has been stored since.
    gave_up: Mutex<Option<Instant>>,
}

impl Tally {
    pub(super) fn stored(&self, bytes: usize) {
        let bytes = bytes as u64;
        self.records.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.billed_bytes
            .fetch_add(billed(bytes), Ordering::Relaxed);
        *self.gave_up.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Entries that have to be sent again, or are given up.
    pub(super) fn failed(&self, failure: &Failure, entries: usize) {
        self.failed_entries
            .fetch_add(entries as u64, Ordering::Relaxed);
        if matches!(failure, Failure::Throttled(_)) {
            self.throttled_calls.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn gave_up(&self) {
        *self.gave_up.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether records were given up a moment ago. Later it may be tried again: where a load balancer sends nothing to a collector
    /// that is not ready, nobody else would find out that Firehose works again.
    pub(super) fn is_failing(&self) -> bool {
        self.gave_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some_and(|at| at.elapsed() < REST)
    }

    pub(super) fn gauges(&self) -> Vec<SinkGauge> {
        let gauges = [
            ("eyeline_firehose_records", &self.records),
            ("eyeline_firehose_bytes", &self.bytes),
            ("eyeline_firehose_billed_bytes", &self.billed_bytes),
            ("eyeline_firehose_failed_entries", &self.failed_entries),
            ("eyeline_firehose_throttled_calls", &self.throttled_calls),
        ];
        gauges
            .map(|(name, count)| SinkGauge::count(name, count.load(Ordering::Relaxed)))
            .into()
    }
}
