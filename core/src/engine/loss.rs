//! Why events are lost, and how many: the counts that make every gap in the numbers explainable.

use super::loss_counts::LossCounts;
use crate::codec::{Decoder, Encoder};

/// Why an event will never be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossReason {
    /// The queue was full and this was the oldest.
    QueueFull,
    /// It waited longer than the queue keeps events.
    Expired,
    /// It is larger than an event may be.
    TooLarge,
    /// The collector refused it for good.
    Refused,
    /// The visitor withdrew consent or asked to be forgotten before it was sent.
    ConsentWithdrawn,
    /// The host's store gave it back damaged or not at all.
    StorageFailed,
    /// It had to go after an attempt that nobody answered: it may have arrived.
    Unconfirmed,
}

impl LossReason {
    /// Every reason, in the order of the wire.
    pub const ALL: [Self; 7] = [
        Self::QueueFull,
        Self::Expired,
        Self::TooLarge,
        Self::Refused,
        Self::ConsentWithdrawn,
        Self::StorageFailed,
        Self::Unconfirmed,
    ];

    /// The reason's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Expired => "expired",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::StorageFailed => "storage_failed",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::QueueFull => 0,
            Self::Expired => 1,
            Self::TooLarge => 2,
            Self::Refused => 3,
            Self::ConsentWithdrawn => 4,
            Self::StorageFailed => 5,
            Self::Unconfirmed => 6,
        }
    }

    pub(super) fn encode(self, to: &mut Encoder) {
        to.u64(self.index() as u64);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Self::ALL.get(usize::try_from(from.u64()?).ok()?).copied()
    }
}

/// Lost events, counted by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Losses([u64; LossReason::ALL.len()]);

impl Losses {
    pub(super) fn add(&mut self, reason: LossReason, events: u64) {
        self.0[reason.index()] += events;
    }

    /// These losses but for `others`, which are among them.
    pub(super) fn without(mut self, others: Self) -> Self {
        for (events, other) in self.0.iter_mut().zip(others.0) {
            *events = events.saturating_sub(other);
        }
        self
    }

    pub(super) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The reasons that occurred, with their counts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (LossReason, u64)> {
        let counts = LossReason::ALL.iter().zip(&self.0);
        counts
            .filter(|(_, events)| **events > 0)
            .map(|(reason, events)| (*reason, *events))
    }

    pub(super) fn by_reason(&self) -> LossCounts {
        let mut counts = LossCounts::default();
        for (reason, events) in self.iter() {
            counts.push(reason, events);
        }
        counts
    }

    pub(super) fn encode(&self, to: &mut Encoder) {
        to.u64(self.0.len() as u64);
        for events in self.0 {
            to.u64(events);
        }
    }

    /// Reasons that a newer release added are counted as refused: dropping them would break the sum.
    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut losses = Self::default();
        for index in 0..from.u64()? {
            let known = usize::try_from(index)
                .ok()
                .and_then(|i| LossReason::ALL.get(i).copied());
            losses.add(known.unwrap_or(LossReason::Refused), from.u64()?);
        }
        Some(losses)
    }
}

/// Consecutive numbers of one instance that were lost for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LostRange {
    pub(super) reason: LossReason,
    pub(super) from: u64,
    pub(super) to: u64,
}

impl LostRange {
    /// Groups ascending numbers into ranges.
    pub(super) fn group(reason: LossReason, numbers: &[u64]) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for &n in numbers {
            match ranges.last_mut() {
                Some(last) if last.to + 1 == n => last.to = n,
                _ => ranges.push(Self {
                    reason,
                    from: n,
                    to: n,
                }),
            }
        }
        ranges
    }

    pub(super) fn encode(self, to: &mut Encoder) {
        self.reason.encode(to);
        to.u64(self.from).u64(self.to);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Self {
            reason: LossReason::decode(from)?,
            from: from.u64()?,
            to: from.u64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{LossReason, Losses, LostRange};
    use crate::codec::{Decoder, Encoder};

    #[test]
    fn losses_read_back() {
        let mut losses = Losses::default();
        losses.add(LossReason::Expired, 3);
        losses.add(LossReason::Unconfirmed, 2);
        let mut encoder = Encoder::new();
        losses.encode(&mut encoder);
        assert_eq!(
            Losses::decode(&mut Decoder::new(&encoder.into_bytes())),
            Some(losses)
        );
        assert_eq!(losses.total(), 5);
    }

    #[test]
    fn every_reason_has_a_place_of_its_own() {
        for (index, reason) in LossReason::ALL.into_iter().enumerate() {
            assert_eq!(reason.index(), index);
        }
    }

    #[test]
    fn numbers_without_a_gap_are_one_range() {
        let range = |from, to| LostRange {
            reason: LossReason::Expired,
            from,
            to,
        };
        assert_eq!(
            LostRange::group(LossReason::Expired, &[3, 4, 5, 9]),
            [range(3, 5), range(9, 9)]
        );
    }
}
