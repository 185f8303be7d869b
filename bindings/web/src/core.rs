//! A tab's engine, and what became of its events.

use eyeline_core::{Engine, LossReason, Now, Ticket};

use crate::message::Reply;
use crate::number::float;

/// A tab's engine.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) engine: Engine,
    /// Names each attempt to the host, from 1. The engine's own tickets are no numbers.
    pub(crate) tickets: (u32, Option<Ticket>),
}

impl Core {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            tickets: (0, None),
        }
    }

    pub(crate) fn stats(&self, now: Now, reply: &mut Reply) {
        let stats = self.engine.stats(now);
        for count in [
            stats.captured,
            stats.delivered,
            stats.queued,
            stats.queued_bytes,
            stats.set_aside,
            stats.erasures,
            stats.storage_failures,
        ] {
            reply.number(float(count));
        }
        for reason in LossReason::ALL {
            let lost = stats.lost.get(&reason).copied().unwrap_or_default();
            reply.number(float(lost));
        }
    }
}
