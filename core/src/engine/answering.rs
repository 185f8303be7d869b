//! What an answer does to the batch it answers.

use super::Engine;
use super::loss::LossReason;
use super::sender::{OnItsWay, What};
use super::state::tries_key;
use super::step::Ticket;
use super::verdict::{Fault, HostAnswer, Verdict, judge};
use crate::Now;
use crate::limits::{SET_ASIDE_FAILURES, SET_ASIDE_PAUSE};
use crate::store::{Class, Key};
use crate::time::millis;

impl Engine {
    /// Reports how the upload with this ticket ended. An answer the engine no longer waits for is ignored.
    pub fn answer(&mut self, now: Now, ticket: Ticket, answer: &HostAnswer) {
        let Some(upload) = self
            .sender
            .on_its_way
            .take_if(|upload| upload.ticket == ticket)
        else {
            return;
        };
        match upload.what {
            What::Batch(number) => self.answer_batch(now, number, upload, answer),
            What::Erasure(number) => self.answer_erasure(now, number, answer),
        }
        self.put_sending(now);
        self.keep_bounds();
        self.tell_reports(now);
    }

    /// The host said nothing for too long.
    pub(super) fn no_answer(&mut self, now: Now) {
        if let Some(upload) = self.sender.on_its_way {
            self.answer(now, upload.ticket, &HostAnswer::TimedOut);
        }
    }

    #[inline(never)]
    fn answer_batch(&mut self, now: Now, number: u64, upload: OnItsWay, answer: &HostAnswer) {
        let Some(batch) = self.queue.by_number(number) else {
            return;
        };
        let (sent, raw_len) = (batch.table.numbers(), batch.raw_len);
        let verdict = judge(answer, &sent, now.wall);
        if !matches!(
            verdict,
            Verdict::Keep {
                fault: Fault::NoAnswer,
                ..
            }
        ) {
            batch.tries.unanswered = upload.unanswered_before;
        }
        match verdict {
            Verdict::Delivered { rejected } => self.delivered(number, rejected),
            Verdict::Keep { floor_ms, fault } => {
                self.sender.failed(now, floor_ms, &mut *self.bits);
                self.note_fault(now, number, fault);
            }
            Verdict::Split => {
                self.sender.learn_limit(raw_len);
                self.split(now, number);
            }
            Verdict::End(reason) => {
                self.sender.succeeded();
                self.end(number, reason);
            }
            Verdict::Pause(pause_ms) => {
                self.sender.pause(now, pause_ms);
                self.put_tries(now, number);
            }
        }
    }

    #[inline(never)]
    fn delivered(&mut self, number: u64, rejected: Vec<u64>) {
        self.sender.succeeded();
        self.sender.note_delivery(self.config.batch_bytes);
        let Some(batch) = self.queue.remove(number) else {
            return;
        };
        self.delete_batch(&batch);
        self.ledger.life.delivered += batch.events() - rejected.len() as u64;
        if batch.inst == self.instance.id {
            self.ledger.lose_own(LossReason::Refused, &rejected);
        } else {
            // The collector that refused them has kept a line of its own about each: no event needs to tell it again.
            self.ledger
                .life
                .lost
                .add(LossReason::Refused, rejected.len() as u64);
        }
        self.put_ledger();
    }

    /// A verdict on the whole batch: an answer was given, so no attempt is left in doubt.
    pub(super) fn end(&mut self, number: u64, reason: LossReason) {
        let Some(batch) = self.queue.remove(number) else {
            return;
        };
        self.count_lost(batch.inst, reason, &batch.table.numbers());
        self.delete_batch(&batch);
        self.put_ledger();
    }

    /// A batch on which the server keeps failing while it takes others is set aside, so that it costs one attempt a day.
    #[inline(never)]
    fn note_fault(&mut self, now: Now, number: u64, fault: Fault) {
        let delivered = self.sender.delivered;
        let Some(batch) = self.queue.by_number(number) else {
            return;
        };
        let tries = &mut batch.tries;
        if fault == Fault::Server {
            tries.count_server_error(delivered);
            let hopeless = tries.server_errors >= SET_ASIDE_FAILURES;
            if tries.aside_until.is_some() || hopeless {
                tries.aside_until = Some(now.mono.plus_ms(millis(SET_ASIDE_PAUSE)));
            }
        }
        self.put_tries(now, number);
    }

    fn put_tries(&mut self, now: Now, number: u64) {
        if let Some(batch) = self.queue.by_number(number) {
            let value = batch.tries.encode(now);
            self.outbox.put(tries_key(number), value);
        }
    }

    /// A request to forget ends only when the collector took it; one that it did not take lets batches go first.
    #[inline(never)]
    fn answer_erasure(&mut self, now: Now, number: u64, answer: &HostAnswer) {
        match judge(answer, &[1], now.wall) {
            Verdict::Delivered { rejected } if rejected.is_empty() => {
                self.sender.succeeded();
                self.erasures.remove(number);
                self.outbox.delete(Key::new(Class::Erasure, number));
            }
            Verdict::Keep { floor_ms, fault } => {
                self.sender.failed(now, floor_ms, &mut *self.bits);
                if fault != Fault::NoAnswer {
                    self.erasures.set_aside(now, number);
                }
            }
            Verdict::Pause(pause_ms) => self.sender.pause(now, pause_ms),
            Verdict::Delivered { .. } | Verdict::Split | Verdict::End(_) => {
                self.erasures.set_aside(now, number);
            }
        }
    }
}
