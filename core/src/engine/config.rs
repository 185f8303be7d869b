//! What a host decides once, before the engine starts.

use std::time::Duration;

use super::consent::Consent;
use super::session::SessionRule;
use crate::app::{AffiliateId, Device, Label, Page, Pairs, SamplingRate};
use crate::limits;
use crate::time::millis;

/// How an engine works. [`Config::new`] gives the defaults of the design; change what differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Whose page or app this is. The write key must be bound to it.
    pub affiliate: AffiliateId,
    /// Name and version of the SDK, such as `rust/0.1.0`.
    pub sdk: Label,
    /// A batch closes at this many events (100; at most 500).
    pub batch_events: usize,
    /// A batch closes at this many bytes before compression (128 KiB; at most 256 KiB).
    pub batch_bytes: usize,
    /// A batch closes when its first event is this old (30 s).
    pub batch_age: Duration,
    /// The queue keeps at most this many bytes (10 MiB), sealed batches as compressed.
    pub queue_bytes: usize,
    /// The queue keeps at most this many events (100,000).
    pub queue_events: usize,
    /// The queue keeps a batch at most this long (30 days).
    pub queue_age: Duration,
    /// A session ends after this long without an event (30 min).
    pub session_idle: Duration,
    /// A session ends at this age at the latest (24 h).
    pub session_max: Duration,
    /// The share of sessions that is recorded (all).
    pub sampling: SamplingRate,
    /// What is known of the visitor's consent at start (pending). A choice that was stored stands, unless this one is
    /// stricter; [`Engine::set_consent`](super::Engine::set_consent) replaces both.
    pub consent: Consent,
    /// Whether the browser asks not to be tracked (Global Privacy Control): measure only, whatever the consent.
    pub gpc: bool,
    /// Whether the audience are children (COPPA): measure only, whatever the consent.
    pub children: bool,
    /// The page or screen shown at start, if it is known; it counts as the first page view, without an event of its own.
    pub page: Option<Page>,
    /// The device.
    pub device: Device,
    /// The variants of running experiments.
    pub experiments: Pairs,
    /// Custom dimensions.
    pub dimensions: Pairs,
    /// Any number that changes with the collector's address or the write key: a pause after a refused key ends when it
    /// differs from that of the last start.
    pub credentials_tag: u64,
}

impl Config {
    /// The defaults for this affiliate.
    #[must_use]
    pub fn new(affiliate: AffiliateId, sdk: Label) -> Self {
        Self {
            affiliate,
            sdk,
            batch_events: limits::BATCH_EVENTS_CLOSE,
            batch_bytes: limits::BATCH_BYTES_CLOSE,
            batch_age: limits::BATCH_AGE_MOBILE,
            queue_bytes: limits::QUEUE_BYTES_MAX,
            queue_events: limits::QUEUE_EVENTS_MAX,
            queue_age: limits::QUEUE_AGE_MAX,
            session_idle: limits::SESSION_IDLE,
            session_max: limits::SESSION_MAX,
            sampling: SamplingRate::ALL,
            consent: Consent::Pending,
            gpc: false,
            children: false,
            page: None,
            device: Device::default(),
            experiments: Pairs::default(),
            dimensions: Pairs::default(),
            credentials_tag: 0,
        }
    }

    /// Brings sizes into the range in which a batch fits the wire and the queue has room for one open batch, one on its
    /// way and one to evict.
    pub(super) fn bounded(mut self) -> Self {
        self.queue_events = self.queue_events.max(QUEUE_BATCHES_MIN);
        self.queue_bytes = self
            .queue_bytes
            .max(QUEUE_BATCHES_MIN * limits::EVENT_BYTES_MAX);
        let events_max = limits::BATCH_EVENTS_MAX.min(self.queue_events / QUEUE_BATCHES_MIN);
        // The context stands once a batch and is below 8 KiB by its own limits; gzip may grow what it can't shrink.
        let bytes_max = (limits::BATCH_BYTES_MAX - CONTEXT_BYTES_MAX - limits::EVENT_BYTES_MAX)
            .min(self.queue_bytes / QUEUE_BATCHES_MIN);
        self.batch_events = self.batch_events.clamp(1, events_max);
        self.batch_bytes = self.batch_bytes.clamp(1, bytes_max);
        self
    }
}

/// The spans of a [`Config`], as the engine reckons with them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans {
    pub(super) batch_age_ms: u64,
    pub(super) queue_age_ms: u64,
    pub(super) session: SessionRule,
}

impl Spans {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            batch_age_ms: millis(config.batch_age),
            queue_age_ms: millis(config.queue_age),
            session: SessionRule {
                idle_ms: millis(config.session_idle),
                max_ms: millis(config.session_max),
            },
        }
    }
}

/// Room for one open batch, one on its way, one to evict, and one to spare.
const QUEUE_BATCHES_MIN: usize = 4;
/// Raw bytes kept free for what stands once a batch: 32 experiments and 8 dimensions of 64 characters, and the page.
const CONTEXT_BYTES_MAX: usize = 40 * 1024;
