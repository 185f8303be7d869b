//! The engine: takes events in, keeps them safe, and tells its host when to send what.
//!
//! It does nothing by itself. The host passes the time, stores what [`Engine::take_writes`] hands out, asks
//! [`Engine::next_step`] what to do and reports back through [`Engine::answer`].

mod answering;
mod backoff;
mod config;
mod consent;
mod consenting;
mod context;
mod contexts;
mod erasure;
mod group;
mod gzip;
#[cfg(feature = "fuzzing")]
pub use gzip::fuzzing;
#[cfg(feature = "decode")]
mod http_date;
mod journal;
mod ledger;
mod losing;
mod loss;
mod loss_counts;
mod outbox;
mod preview;
mod queue;
mod recording;
mod resealed;
mod restoring;
mod retry_after;
mod sealed;
mod sealing;
mod sender;
mod sending;
mod session;
mod state;
mod step;
mod table;
mod verdict;
mod watching;
mod wire_bounds;

use std::sync::Arc;

pub use config::Config;
use config::Spans;
pub use consent::Consent;
pub use loss::LossReason;
pub use loss_counts::LossCounts;
pub use preview::Preview;
pub use step::{ImpressionHandle, Refused, Stats, Step, Ticket, Upload, UploadKind, Visibility};
pub use verdict::{ANSWER_BYTES_MAX, HostAnswer};

use consent::Visitor;
use context::{Context, Instance};
use erasure::Erasures;
use ledger::Ledger;
use outbox::Outbox;
use queue::Queue;
use sender::Sender;
use session::Session;
use state::Identity;
use watching::Views;

use crate::store::Writes;
use crate::{Entropy, Id, MonoMillis, Now};

/// Captures events, keeps them until they have ended, and decides what is sent when. Each event ends once: delivered, or
/// lost for a named and counted reason.
///
/// After every call that takes `now`, the host stores what [`Engine::take_writes`] returns **before** it returns to its
/// own caller: what was stored survives a crash.
pub struct Engine {
    config: Config,
    spans: Spans,
    bits: Box<dyn Entropy + Send>,
    instance: Instance,
    started: MonoMillis,
    context: Arc<Context>,
    visitor: Visitor,
    session: Session,
    sampled: bool,
    /// Whether the store may say who the visitor is to this affiliate.
    is_known: bool,
    /// Who the visitor is to other affiliates that used this store.
    others: Vec<Identity>,
    queue: Queue,
    ledger: Ledger,
    outbox: Outbox,
    sender: Sender,
    erasures: Erasures,
    views: Views,
    shut_down: bool,
}

impl Engine {
    /// What to store now, as one record that is stored as a whole or not at all; `None` when nothing changed.
    pub fn take_writes(&mut self) -> Option<Writes> {
        self.outbox.take()
    }

    /// The host could not store the record it took last. The engine goes on in memory, counts the failure, and hands out
    /// a whole copy after a while, at first 5 s, doubling up to 10 min.
    pub fn storage_failed(&mut self, now: Now) {
        self.outbox.fail(now);
    }

    /// What became of every event so far.
    #[must_use]
    pub fn stats(&self, now: Now) -> Stats {
        Stats {
            captured: self.ledger.captured_in_life(),
            delivered: self.ledger.life.delivered,
            queued: self.queue.events(),
            lost: self.ledger.life.lost.by_reason(),
            queued_bytes: self.queue.bytes() as u64,
            set_aside: self
                .queue
                .sealed()
                .filter(|batch| batch.tries.aside_until.is_some())
                .count() as u64,
            erasures: self.erasures.len() as u64,
            storage_failures: self.outbox.failures,
            failures: self.sender.failures,
            blocked_for: self
                .sender
                .blocked_until()
                .map(|until| until.since(now.mono))
                .filter(|wait| !wait.is_zero()),
        }
    }

    /// The choice of consent that stands.
    #[must_use]
    pub fn consent(&self) -> Consent {
        self.visitor.choice
    }

    /// This start of the SDK: the `inst` of every event it captures.
    #[must_use]
    pub fn instance(&self) -> Id {
        self.instance.id
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("instance", &self.instance.id)
            .field("captured", &self.ledger.captured)
            .field("queued", &self.queue.events())
            .finish_non_exhaustive()
    }
}
