//! The open batch as it would be sent, for hosts that arm a request ahead of a death nobody announces.

use super::Engine;
use super::sealed::Sealed;
use crate::Now;

/// A request that would deliver the open batch, should the host get no chance to seal it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Path and query without the write key, as in [`Upload`](super::Upload).
    pub path_and_query: String,
    /// The body: gzip. The batch that is sealed later holds the same events under the same keys, so both may arrive.
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
        let aged = open.age(now);
        let sealed = Sealed::seal(batch, &open.events, open.table.clone(), number, aged, now);
        Some(Preview {
            path_and_query: self.batch_path(self.instance.id, 1, now),
            body: sealed.body,
        })
    }
}
