//! When the open batch closes, and how it becomes bytes that are never rewritten.

use super::Engine;
use super::context::Grant;
use super::group::Group;
use super::journal;
use super::sealed::Sealed;
use crate::Now;
use crate::store::{Class, Key};

impl Engine {
    /// Closes the open batch so that it can be sent at once.
    pub fn flush(&mut self, now: Now) {
        self.close_open(now);
        self.keep_bounds();
        self.tell_reports(now);
    }

    /// The app goes to the background or the page is hidden, from where it may never return: every watched impression
    /// stops counting and is told as it stands, and the open batch closes.
    pub fn background(&mut self, now: Now) {
        self.views_to_background(now);
        self.flush(now);
    }

    /// The last call: what is watched is told as it stands, the open batch closes, nothing more is recorded.
    /// Uploads may go on.
    pub fn shutdown(&mut self, now: Now) {
        self.background(now);
        self.put_identity();
        self.shut_down = true;
    }

    #[inline(never)]
    pub(super) fn close_if_full(&mut self, now: Now) {
        let bytes = self.sender.batch_bytes(self.config.batch_bytes);
        let full = |open: &Group| open.len() >= self.config.batch_events || open.bytes() >= bytes;
        if self.queue.open.as_ref().is_some_and(full) {
            self.close_open(now);
        }
    }

    #[inline(never)]
    pub(super) fn close_if_old(&mut self, now: Now) {
        let old = |open: &Group| match open.grant {
            Some(_) => open.age_ms(now) >= self.spans.batch_age_ms,
            None => open.age_ms(now) >= HELD_AGE_MS,
        };
        if self.queue.open.as_ref().is_some_and(old) {
            self.close_open(now);
            self.keep_bounds();
        }
    }

    /// Seals the open batch; without a choice of consent it waits as it is.
    pub(super) fn close_open(&mut self, now: Now) {
        let Some(group) = self.queue.open.take() else {
            return;
        };
        match group.grant {
            Some(grant) => self.seal(group, grant, now),
            None => self.queue.hold(group),
        }
    }

    /// Turns an open batch into a sealed one, in one record: no crash leaves its events twice or not at all.
    pub(super) fn seal(&mut self, group: Group, grant: Grant, now: Now) {
        self.ledger.batches += 1;
        let mut batch = self.instance.batch(&group.context, grant);
        batch.loss = self.ledger.on_wire();
        self.ledger.untold.clear();
        let through = self.event_key(group.table.last());
        let (number, aged_ms) = (self.ledger.batches, group.age_ms(now));
        let sealed = Sealed::seal(batch, &group.events, group.table, number, aged_ms, now);
        let key = Key::new(Class::Batch, sealed.number);
        self.outbox.put(key, sealed.encode());
        journal::drop_through(&mut self.outbox, through);
        self.queue.push(sealed);
        self.put_ledger();
        self.put_identity();
    }
}

/// Ours: while consent is pending a batch stays open for this long, so that its youngest event expires little too early.
const HELD_AGE_MS: u64 = 3_600 * 1_000;
