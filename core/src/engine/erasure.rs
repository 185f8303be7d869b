//! Requests to forget a visitor: kept until the collector took them, outside every quota.

use crate::{MonoMillis, Now};

#[derive(Debug, Default)]
pub(super) struct Erasures {
    /// Ascending by number.
    waiting: Vec<Erasure>,
    last: u64,
}

#[derive(Debug, Clone)]
struct Erasure {
    number: u64,
    body: Vec<u8>,
    attempts: u32,
    /// The collector did not take it: batches go first until then.
    aside_until: Option<MonoMillis>,
}

impl Erasures {
    /// Keeps a request; its number in the store.
    pub(super) fn push(&mut self, body: Vec<u8>) -> u64 {
        let number = self.last + 1;
        self.restore(number, body);
        number
    }

    pub(super) fn restore(&mut self, number: u64, body: Vec<u8>) {
        self.last = self.last.max(number);
        self.waiting.push(Erasure {
            number,
            body,
            attempts: 0,
            aside_until: None,
        });
    }

    pub(super) fn remove(&mut self, number: u64) {
        self.waiting.retain(|erasure| erasure.number != number);
    }

    pub(super) fn set_aside(&mut self, now: Now, number: u64) {
        for erasure in &mut self.waiting {
            if erasure.number == number {
                erasure.aside_until = Some(now.mono.plus_ms(ASIDE_MS));
            }
        }
    }

    /// The next one due: its number, body, and which attempt this is.
    pub(super) fn start_next(&mut self, now: MonoMillis) -> Option<(u64, Vec<u8>, u32)> {
        let due = |erasure: &&mut Erasure| erasure.aside_until.is_none_or(|until| until <= now);
        let erasure = self.waiting.iter_mut().find(due)?;
        erasure.attempts = erasure.attempts.saturating_add(1);
        Some((erasure.number, erasure.body.clone(), erasure.attempts))
    }

    /// When the first one may be tried.
    pub(super) fn next_due(&self, now: MonoMillis) -> Option<MonoMillis> {
        self.waiting
            .iter()
            .map(|erasure| erasure.aside_until.unwrap_or(now).max(now))
            .min()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.waiting
            .iter()
            .map(|erasure| (erasure.number, erasure.body.as_slice()))
    }
}

/// Ours: long enough for batches to go first, short enough that a mended collector erases the same day.
const ASIDE_MS: u64 = 3_600 * 1_000;
