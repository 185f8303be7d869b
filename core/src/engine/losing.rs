//! How events end without being delivered: out of the bounds, withdrawn, or found damaged. Each is counted here.

use super::Engine;
use super::consent::Consent;
use super::group::Group;
use super::loss::{LossReason, LostRange};
use super::queue::Evicted;
use super::sealed::Sealed;
use super::state::tries_key;
use crate::limits::LOSSES_MAX;
use crate::store::{Class, Key};
use crate::wire::{Event, Extra, Kind, Lost};
use crate::{Id, Now};

impl Engine {
    /// Pushes the oldest out while the queue is over its bounds.
    pub(super) fn keep_bounds(&mut self) {
        let (events, bytes) = (self.config.queue_events, self.config.queue_bytes);
        let on_its_way = self.sender.batch_on_its_way();
        let mut lost = false;
        while let Some(evicted) = self.queue.evict_over(events, bytes, on_its_way) {
            lost = true;
            self.lose_evicted(evicted, LossReason::QueueFull);
        }
        if lost {
            self.put_ledger();
        }
    }

    /// Pushes out what is older than the queue keeps.
    pub(super) fn expire(&mut self, now: Now) {
        let on_its_way = self.sender.batch_on_its_way();
        let mut lost = false;
        while let Some(evicted) = self.queue.expire(now, self.spans.queue_age_ms, on_its_way) {
            lost = true;
            self.lose_evicted(evicted, LossReason::Expired);
        }
        if lost {
            self.put_ledger();
        }
    }

    fn lose_evicted(&mut self, evicted: Evicted, reason: LossReason) {
        match evicted {
            Evicted::Held(group) => self.lose_group(&group, reason),
            Evicted::Sealed(batch) => self.lose_batch(&batch, reason),
        }
    }

    /// Empties the queue because the visitor said so.
    pub(super) fn withdraw_all(&mut self) {
        let queue = std::mem::take(&mut self.queue);
        for batch in queue.sealed() {
            let numbers = batch.table.numbers();
            self.count_lost(batch.inst, LossReason::ConsentWithdrawn, &numbers);
        }
        for group in queue.held.iter().chain(&queue.open) {
            self.lose_group(group, LossReason::ConsentWithdrawn);
        }
        if self.sender.batch_on_its_way().is_some() {
            self.sender.on_its_way = None;
        }
    }

    /// Counts a batch that has left the queue, and takes it out of the store.
    fn lose_batch(&mut self, batch: &Sealed, reason: LossReason) {
        self.count_lost(batch.inst, batch.loss(reason), &batch.table.numbers());
        self.delete_batch(batch);
    }

    pub(super) fn delete_batch(&mut self, batch: &Sealed) {
        self.outbox.delete(Key::new(Class::Batch, batch.number));
        if batch.tries.attempts > 0 {
            self.outbox.delete(tries_key(batch.number));
        }
    }

    fn lose_group(&mut self, group: &Group, reason: LossReason) {
        self.ledger.lose_own(reason, &group.table.numbers());
    }

    /// Losses of this instance go with its next batch; those of others are told in an event of their own.
    pub(super) fn count_lost(&mut self, inst: Id, reason: LossReason, numbers: &[u64]) {
        if inst == self.instance.id {
            self.ledger.lose_own(reason, numbers);
            return;
        }
        self.ledger.life.lost.add(reason, numbers.len() as u64);
        for range in LostRange::group(reason, numbers) {
            self.ledger.report(inst, range);
        }
    }

    /// Tells what other instances were found to have lost, once consent allows.
    pub(super) fn tell_reports(&mut self, now: Now) {
        if self.visitor.choice == Consent::Denied {
            self.ledger.reports.clear();
        }
        let may_tell = self.visitor.mode().is_some() && !self.shut_down;
        if self.ledger.reports.is_empty() || !may_tell {
            return;
        }
        while !self.ledger.reports.is_empty() {
            let mut event = Event::new(Kind::Sdk, 0, 0);
            let some = self.ledger.reports.len().min(LOSSES_MAX);
            let rest = self.ledger.reports.split_off(some);
            for (inst, range) in std::mem::replace(&mut self.ledger.reports, rest) {
                event.lost.push(Lost {
                    inst,
                    from: range.from,
                    to: range.to,
                    why: range.reason.as_str().into(),
                    extra: Extra::default(),
                });
            }
            if self.record(now, now.mono, &mut event).is_err() {
                break;
            }
        }
        // In one record with the events that tell them.
        self.put_ledger();
    }
}
