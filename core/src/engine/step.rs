//! What the engine asks of its host, and what it tells about itself.

use std::time::Duration;

use super::loss_counts::LossCounts;

/// What the host should do next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Step {
    /// Send this body, then report the result with its ticket. One upload is on its way at a time.
    Send(Upload),
    /// Nothing is due yet; ask again after this long, or after the next call that changes something.
    Wait(Duration),
    /// Nothing is queued and nothing can fall due; ask again after the next call.
    Idle,
}

/// One request to the collector: a POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Names this attempt to [`Engine::answer`](super::Engine::answer).
    pub ticket: Ticket,
    /// Path and query without the write key: the host appends `&k=<write key>`.
    pub path_and_query: String,
    /// The body: gzip for a batch, plain JSON for a request to forget.
    pub body: Vec<u8>,
    /// How many events it carries.
    pub events: usize,
    /// What it is.
    pub kind: UploadKind,
}

/// What an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UploadKind {
    /// A batch of events.
    Batch,
    /// A request to erase a visitor.
    Forget,
}

/// Names one attempt. An answer to an attempt the engine no longer waits for is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub(super) u64);

/// An impression the engine watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImpressionHandle(pub(super) u64);

impl ImpressionHandle {
    /// The handle of the impression with this number, for hosts that hand numbers across a language border. A number that
    /// was never given out is refused where the handle is used.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The impression's number on the wire (`imp`), unique within the instance.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// How much of an impression shows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Visibility {
    /// The visible share of its area, 0 to 1.
    pub fraction: f64,
    /// Its whole width in CSS px, dp or pt.
    pub width: f64,
    /// Its whole height in CSS px, dp or pt.
    pub height: f64,
}

/// An event was not recorded. Nothing is wrong with the engine, and no later event is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The visitor denied consent. Not counted as captured.
    #[error("consent is denied")]
    Denied,
    /// The session is not in the sample. Not counted as captured.
    #[error("the session is not in the sample")]
    NotSampled,
    /// It is larger than an event may be. Captured, and counted as lost.
    #[error("the event has more than 8 KiB")]
    TooLarge,
    /// The impression has ended or never was. Not counted as captured.
    #[error("the impression has ended")]
    UnknownImpression,
    /// The engine was shut down. Not counted as captured.
    #[error("the engine was shut down")]
    ShutDown,
}

/// What became of every event, over all starts that shared the store:
/// `captured` = `delivered` + `queued` + the sum of `lost`, at any moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Events that were given a number.
    pub captured: u64,
    /// Events the collector has taken.
    pub delivered: u64,
    /// Events that wait in the queue.
    pub queued: u64,
    /// Events that will never be delivered, by reason.
    pub lost: LossCounts,
    /// Bytes the queue takes, sealed batches as compressed.
    pub queued_bytes: u64,
    /// Batches set aside because the server failed on them while it took others; tried daily.
    pub set_aside: u64,
    /// Requests to forget that the collector has not yet taken.
    pub erasures: u64,
    /// How often the host could not store since this start.
    pub storage_failures: u64,
    /// Failed attempts in a row.
    pub failures: u32,
    /// How long until the next attempt may start, if one has to wait.
    pub blocked_for: Option<Duration>,
}
