//! What became of every event.

use eyeline::host::Flushed;
use eyeline_core as core;

use crate::invalid::Noted;

/// What became of every event, over all starts that shared the directory:
/// `captured` = `delivered` + `queued` + the sum of `lost`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Stats {
    /// Events that were given a number.
    pub captured: u64,
    /// Events the collector has taken.
    pub delivered: u64,
    /// Events that wait.
    pub queued: u64,
    /// Events that will never be delivered, by reason.
    pub lost: Vec<Loss>,
    /// Bytes that wait, sealed batches as compressed.
    pub queued_bytes: u64,
    /// Batches set aside because the collector failed on them while it took others; tried daily.
    pub set_aside: u64,
    /// Requests to forget that the collector has not yet taken.
    pub erasures: u64,
    /// How often the disk refused since this start.
    pub storage_failures: u64,
    /// Failed attempts in a row.
    pub failures: u32,
    /// How long, in ms, until the next attempt may start, if one has to wait.
    pub blocked_for_ms: Option<u64>,
    /// Calls since this start that were refused because of what they said.
    pub invalid: u64,
    /// What the last of them has to change.
    pub last_invalid: Option<String>,
}

/// Events lost for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Loss {
    /// Why.
    pub reason: LossReason,
    /// How many.
    pub events: u64,
}

/// Why an event will never be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LossReason {
    /// The queue was full and this was the oldest.
    QueueFull,
    /// It waited longer than 30 days.
    Expired,
    /// It is larger than an event may be.
    TooLarge,
    /// The collector refused it for good.
    Refused,
    /// The visitor withdrew consent or asked to be forgotten before it was sent.
    ConsentWithdrawn,
    /// The disk gave it back damaged or not at all.
    StorageFailed,
    /// It had to go after an attempt that nobody answered: it may have arrived.
    Unconfirmed,
}

/// What a flush or a shutdown came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FlushResult {
    /// Nothing waits any more.
    Complete,
    /// All that could be sent was.
    Kept {
        /// Events that wait for the network, the collector or consent.
        events: u64,
    },
    /// The time was up first. Sending goes on, unless this was a shutdown.
    TimedOut,
    /// The client was shut down before.
    Stopped,
}

impl Stats {
    pub(crate) fn new(stats: &core::Stats, invalid: Noted) -> Self {
        let millis =
            |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Stats {
            captured: stats.captured,
            delivered: stats.delivered,
            queued: stats.queued,
            lost: stats.lost.iter().map(Loss::from).collect(),
            queued_bytes: stats.queued_bytes,
            set_aside: stats.set_aside,
            erasures: stats.erasures,
            storage_failures: stats.storage_failures,
            failures: stats.failures,
            blocked_for_ms: stats.blocked_for.map(millis),
            invalid: invalid.calls,
            last_invalid: invalid.last,
        }
    }
}

impl From<(&core::LossReason, &u64)> for Loss {
    fn from((reason, events): (&core::LossReason, &u64)) -> Self {
        Loss {
            reason: (*reason).into(),
            events: *events,
        }
    }
}

impl From<core::LossReason> for LossReason {
    fn from(from: core::LossReason) -> Self {
        match from {
            core::LossReason::QueueFull => Self::QueueFull,
            core::LossReason::Expired => Self::Expired,
            core::LossReason::TooLarge => Self::TooLarge,
            core::LossReason::Refused => Self::Refused,
            core::LossReason::ConsentWithdrawn => Self::ConsentWithdrawn,
            core::LossReason::StorageFailed => Self::StorageFailed,
            core::LossReason::Unconfirmed => Self::Unconfirmed,
        }
    }
}

impl From<Flushed> for FlushResult {
    fn from(from: Flushed) -> Self {
        match from {
            Flushed::Complete => Self::Complete,
            Flushed::Kept { events } => Self::Kept { events },
            Flushed::TimedOut => Self::TimedOut,
            _ => Self::Stopped,
        }
    }
}
