//! What was captured, delivered and lost: of this instance for the wire, and of the store's whole life for [`Stats`](super::Stats).

use super::context::{put_id, put_previous, take_id, take_previous};
use super::loss::{LossReason, Losses, LostRange};
use crate::Id;
use crate::codec::{Decoder, Encoder};
use crate::wire::Pairs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ledger {
    pub(super) inst: Id,
    pub(super) previous: Option<(Id, u64)>,
    /// Events this instance captured: the number of the last one.
    pub(super) captured: u64,
    /// Lost ones of this instance.
    pub(super) lost: Losses,
    /// Losses that no sealed batch of this instance tells yet.
    pub(super) untold: Vec<LostRange>,
    /// Losses of other instances, kept until an `sdk` event tells them.
    pub(super) reports: Vec<(Id, LostRange)>,
    /// The last batch number used.
    pub(super) batches: u64,
    /// An event's store number less its own number `n`.
    pub(super) base: u64,
    pub(super) life: Life,
    /// Set while consent is pending.
    pub(super) pending: Option<Pending>,
}

/// What was captured since consent became pending: nothing of it may be stored, not even a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    /// The last number captured before.
    after: u64,
    /// Lost ones of those captured since.
    lost: Losses,
}

/// Counts over all instances that shared the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Life {
    /// Captured by the instances before this one.
    pub(super) captured_before: u64,
    pub(super) delivered: u64,
    pub(super) lost: Losses,
}

impl Ledger {
    pub(super) fn first(inst: Id) -> Self {
        Self {
            inst,
            previous: None,
            captured: 0,
            lost: Losses::default(),
            untold: Vec::new(),
            reports: Vec::new(),
            batches: 0,
            base: 0,
            life: Life::default(),
            pending: None,
        }
    }

    /// The ledger of the instance after this one. One that captured nothing leaves no trace.
    #[inline(never)]
    pub(super) fn successor(&self, inst: Id) -> Self {
        Self {
            inst,
            previous: if self.captured == 0 {
                self.previous
            } else {
                Some((self.inst, self.captured))
            },
            captured: 0,
            lost: Losses::default(),
            untold: Vec::new(),
            reports: self.reports.clone(),
            batches: self.batches,
            base: self.base + self.captured,
            life: Life {
                captured_before: self.life.captured_before + self.captured,
                ..self.life
            },
            pending: None,
        }
    }

    /// Consent is pending from here on.
    pub(super) fn begin_pending(&mut self) {
        self.pending = Some(Pending {
            after: self.captured,
            lost: Losses::default(),
        });
    }

    pub(super) fn captured_in_life(&self) -> u64 {
        self.life.captured_before + self.captured
    }

    /// Counts lost events of this instance.
    #[inline(never)]
    pub(super) fn lose_own(&mut self, reason: LossReason, numbers: &[u64]) {
        for range in LostRange::group(reason, numbers) {
            let events = range.to - range.from + 1;
            self.lost.add(reason, events);
            self.life.lost.add(reason, events);
            if let Some(pending) = self
                .pending
                .as_mut()
                .filter(|since| range.from > since.after)
            {
                pending.lost.add(reason, events);
            }
            let full = self.untold.len() >= UNTOLD_MAX;
            match self.untold.last_mut() {
                Some(last)
                    if last.reason == reason
                        && last.to + 1 == range.from
                        && self.pending.is_none_or(|since| last.to != since.after) =>
                {
                    last.to = range.to;
                }
                // Counted above, and told by the next batch; only a crash before it would leave the reason untold.
                _ if full => {}
                _ => self.untold.push(range),
            }
        }
    }

    /// Keeps a loss of another instance until it is told.
    pub(super) fn report(&mut self, inst: Id, range: LostRange) {
        match self.reports.last_mut() {
            Some((of, last))
                if *of == inst && last.reason == range.reason && last.to + 1 == range.from =>
            {
                last.to = range.to;
            }
            _ => self.reports.push((inst, range)),
        }
    }

    /// The `loss` of a batch sealed now.
    pub(super) fn on_wire(&self) -> Pairs<'static, u64> {
        let mut told = Pairs::default();
        told.add("cap", self.captured);
        for (reason, events) in self.lost.iter() {
            told.add(reason.as_str(), events);
        }
        told
    }

    #[inline(never)]
    pub(super) fn encode(&self) -> Vec<u8> {
        // What was captured while consent is pending may not be stored.
        let pending = self.pending.unwrap_or(Pending {
            after: self.captured,
            lost: Losses::default(),
        });
        let mut to = Encoder::new();
        to.u8(VERSION);
        if self.pending.is_some() && pending.after == 0 {
            // An instance that captured nothing before has no name in the store.
            to.bytes(NAMELESS);
        } else {
            put_id(&mut to, self.inst);
        }
        put_previous(&mut to, self.previous);
        to.u64(pending.after);
        self.lost.without(pending.lost).encode(&mut to);
        let untold = || self.untold.iter().filter(|range| range.to <= pending.after);
        to.u64(untold().count() as u64);
        for range in untold() {
            range.encode(&mut to);
        }
        to.u64(self.reports.len() as u64);
        for (inst, range) in &self.reports {
            put_id(&mut to, *inst);
            range.encode(&mut to);
        }
        to.u64(self.batches).u64(self.base);
        to.u64(self.life.captured_before).u64(self.life.delivered);
        self.life.lost.without(pending.lost).encode(&mut to);
        to.into_bytes()
    }

    #[inline(never)]
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        (from.u8()? == VERSION).then_some(())?;
        Some(Self {
            inst: take_id(&mut from)?,
            previous: take_previous(&mut from)?,
            captured: from.u64()?,
            lost: Losses::decode(&mut from)?,
            untold: from.list(LostRange::decode)?,
            reports: from.list(|from| Some((take_id(from)?, LostRange::decode(from)?)))?,
            batches: from.u64()?,
            base: from.u64()?,
            life: Life {
                captured_before: from.u64()?,
                delivered: from.u64()?,
                lost: Losses::decode(&mut from)?,
            },
            pending: None,
        })
    }
}

const VERSION: u8 = 1;
/// Stands for an instance that must not be stored.
const NAMELESS: &[u8; Id::CHARS] = b"AAAAAAAAAAAAAAAA";
/// Ours: bounds what is stored with every loss.
const UNTOLD_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::Ledger;
    use crate::Id;
    use crate::engine::LossReason;
    use crate::engine::loss::LostRange;

    fn ledger() -> Ledger {
        Ledger::first(Id::parse("9kPz3vK2QmWc8RtY").unwrap())
    }

    #[test]
    fn a_ledger_reads_back() {
        let mut ledger = ledger();
        ledger.captured = 118;
        ledger.lose_own(LossReason::QueueFull, &[1, 2, 3, 7]);
        for range in LostRange::group(LossReason::Expired, &[8, 9]) {
            ledger.report(Id::parse("bbbbbbbbbbbbbbbb").unwrap(), range);
        }
        assert_eq!(Ledger::decode(&ledger.encode()), Some(ledger));
    }

    #[test]
    fn an_instance_that_captured_nothing_leaves_the_link_to_the_one_before() {
        let [a, b, c] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"]
            .map(|id| Id::parse(id).unwrap());
        let mut first = Ledger::first(a);
        first.captured = 240;
        let second = first.successor(b);
        assert_eq!(second.previous, Some((a, 240)));
        assert_eq!(second.successor(c).previous, Some((a, 240)));
    }

    #[test]
    fn the_life_of_a_store_counts_every_instance() {
        let mut first = ledger();
        first.captured = 10;
        let mut second = first.successor(Id::parse("bbbbbbbbbbbbbbbb").unwrap());
        second.captured = 5;
        assert_eq!(second.captured_in_life(), 15);
    }

    #[test]
    fn the_wire_tells_what_was_captured_and_every_reason_that_occurred() {
        let mut ledger = ledger();
        ledger.captured = 9;
        ledger.lose_own(LossReason::Expired, &[1, 2]);
        let told: Vec<_> = ledger
            .on_wire()
            .iter()
            .map(|(key, count)| (key.to_owned(), *count))
            .collect();
        assert_eq!(told, [("cap".to_owned(), 9), ("expired".to_owned(), 2)]);
    }
}
