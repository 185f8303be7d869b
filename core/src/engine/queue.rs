//! Everything captured and not yet ended: one open batch, batches waiting for a choice, and sealed batches in order.

use super::group::Group;
use super::sealed::Sealed;
use crate::{MonoMillis, Now};

#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) open: Option<Group>,
    /// Closed while consent was pending, oldest first.
    pub(super) held: Vec<Group>,
    /// Oldest first.
    sealed: Vec<Sealed>,
    /// Events and bytes of `held` and `sealed`.
    events: u64,
    bytes: usize,
}

/// What the bounds push out of the queue.
#[derive(Debug)]
pub(super) enum Evicted {
    Held(Group),
    Sealed(Sealed),
}

impl Queue {
    pub(super) fn events(&self) -> u64 {
        self.events + self.open.as_ref().map_or(0, |open| open.len() as u64)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.open.as_ref().map_or(0, Group::bytes)
    }

    pub(super) fn sealed(&self) -> impl DoubleEndedIterator<Item = &Sealed> {
        self.sealed.iter()
    }

    pub(super) fn hold(&mut self, group: Group) {
        self.events += group.len() as u64;
        self.bytes += group.bytes();
        self.held.push(group);
    }

    pub(super) fn next_held(&mut self) -> Option<Group> {
        if self.held.is_empty() {
            return None;
        }
        let group = self.held.remove(0);
        self.events -= group.len() as u64;
        self.bytes -= group.bytes();
        Some(group)
    }

    pub(super) fn push(&mut self, batch: Sealed) {
        self.insert(self.sealed.len(), batch);
    }

    /// Brings a stored batch back. They come nearly in order: halves after a split have numbers of their own.
    pub(super) fn restore(&mut self, batch: Sealed) {
        let place = |batch: &Sealed| (batch.order, batch.table.last());
        let before = |other: &Sealed| place(other) <= place(&batch);
        let at = self.sealed.iter().rposition(before).map_or(0, |at| at + 1);
        self.insert(at, batch);
    }

    fn insert(&mut self, at: usize, batch: Sealed) {
        self.events += batch.events();
        self.bytes += batch.bytes();
        self.sealed.insert(at, batch);
    }

    #[inline(never)]
    pub(super) fn by_number(&mut self, number: u64) -> Option<&mut Sealed> {
        self.sealed.iter_mut().find(|batch| batch.number == number)
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Sealed> {
        let at = self.position(number)?;
        Some(self.take_at(at))
    }

    /// Puts others in a batch's place.
    pub(super) fn replace(&mut self, number: u64, parts: Vec<Sealed>) {
        if let Some(at) = self.position(number) {
            self.take_at(at);
            for part in parts.into_iter().rev() {
                self.insert(at, part);
            }
        }
    }

    fn position(&self, number: u64) -> Option<usize> {
        self.sealed.iter().position(|batch| batch.number == number)
    }

    fn take_at(&mut self, at: usize) -> Sealed {
        let batch = self.sealed.remove(at);
        self.events -= batch.events();
        self.bytes -= batch.bytes();
        batch
    }

    /// The batch to try next: the oldest, but since the last delivery the one on which the server failed least. First
    /// attempts are thus in order, and one bad batch does not hold up the others.
    pub(super) fn next_to_send(&self, now: MonoMillis, delivered: u64) -> Option<&Sealed> {
        let due = |batch: &&Sealed| batch.tries.aside_until.is_none_or(|until| until <= now);
        // `min_by_key` returns the first of equals, which is the oldest.
        self.sealed
            .iter()
            .filter(due)
            .min_by_key(|batch| batch.tries.errors_since(delivered))
    }

    /// When the first batch may be tried. A host asks after every call: the first batch nearly always has the answer.
    pub(super) fn next_due(&self, now: MonoMillis) -> Option<MonoMillis> {
        let mut earliest = None;
        for batch in &self.sealed {
            match batch.tries.aside_until {
                Some(until) if until > now => {
                    earliest =
                        Some(earliest.map_or(until, |earliest: MonoMillis| earliest.min(until)));
                }
                _ => return Some(now),
            }
        }
        earliest
    }

    /// Pushes the oldest out, sparing the batch that is on its way, while the bounds are broken.
    pub(super) fn evict_over(
        &mut self,
        events: usize,
        bytes: usize,
        on_its_way: Option<u64>,
    ) -> Option<Evicted> {
        if self.events() <= events as u64 && self.bytes() <= bytes {
            return None;
        }
        self.oldest(on_its_way)
    }

    /// Pushes out what is older than `age_ms`, sparing the batch that is on its way.
    #[inline(never)]
    pub(super) fn expire(
        &mut self,
        now: Now,
        age_ms: u64,
        on_its_way: Option<u64>,
    ) -> Option<Evicted> {
        if self
            .held
            .first()
            .is_some_and(|group| group.age_ms(now) > age_ms)
        {
            return self.next_held().map(Evicted::Held);
        }
        let old = |batch: &&Sealed| batch.age_ms(now) > age_ms && Some(batch.number) != on_its_way;
        let number = self.sealed.iter().find(old)?.number;
        self.remove(number).map(Evicted::Sealed)
    }

    fn oldest(&mut self, on_its_way: Option<u64>) -> Option<Evicted> {
        let at = self
            .sealed
            .iter()
            .position(|batch| Some(batch.number) != on_its_way);
        match at {
            Some(at) => Some(Evicted::Sealed(self.take_at(at))),
            None => self.next_held().map(Evicted::Held),
        }
    }
}
