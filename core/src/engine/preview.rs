//! What would be sent next, shown ahead of its turn, for hosts that may die unannounced or have no time for turns.

use super::Engine;
use super::sealed::Sealed;
use crate::{MonoMillis, Now};

/// A request that would deliver a batch, should the host get no chance to be handed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Path and query without the write key, as in [`Upload`](super::Upload).
    pub path_and_query: String,
    /// The body: gzip. What is handed out later holds the same events under the same keys, so both may arrive.
    pub body: Vec<u8>,
}

impl Engine {
    /// The open batch as it would be sent now; nothing changes. `None` where it holds nothing, may not be sent
    /// yet, or the collector asked for a pause.
    #[must_use]
    pub fn preview(&self, now: Now) -> Option<Preview> {
        let open = self.queue.open.as_ref()?;
        let grant = open.grant?;
        if self.sender.is_blocked(now.mono) {
            return None;
        }
        let mut batch = self.instance.batch(&open.context, grant);
        batch.loss = self.ledger.on_wire();
        let number = self.ledger.batches + 1;
        let aged_ms = open.age_ms(now);
        let sealed = Sealed::seal(
            batch,
            &open.events,
            open.table.clone(),
            number,
            aged_ms,
            now,
        );
        Some(Preview {
            path_and_query: self.batch_path(self.instance.id, 1, now),
            body: sealed.body,
        })
    }

    /// This instance's sealed batch number `skip`, from 0, of those that wait while another is on its way; nothing changes.
    /// `None` where there are no more, or the collector asked for a pause. A host that is about to die sends them all at once;
    /// one that lives on keeps the answers until it is handed the same bytes. What an earlier instance left is not among them:
    /// that one sent it as it died, and a row of hosts that live too short for an answer would send it again and again.
    #[must_use]
    pub fn waiting(&self, now: Now, skip: usize) -> Option<Preview> {
        self.visitor.mode()?;
        if self.sender.is_blocked(now.mono) {
            return None;
        }
        let on_its_way = self.sender.batch_on_its_way();
        let due = |until: MonoMillis| until <= now.mono;
        let batch = self
            .queue
            .sealed()
            .filter(|batch| batch.inst == self.instance.id && Some(batch.number) != on_its_way)
            .filter(|batch| batch.tries.aside_until.is_none_or(due) && self.may_name(batch.anon))
            .nth(skip)?;
        let attempt = batch.tries.attempts.saturating_add(1);
        Some(Preview {
            path_and_query: self.batch_path(batch.inst, attempt, now),
            body: batch.body.clone(),
        })
    }
}
