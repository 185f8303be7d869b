//! Lost events by reason, as the host sees them.

use std::ops::Index;

use super::loss::LossReason;

/// How many events were lost for each reason that occurred, in the order of the wire.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct LossCounts(Vec<(LossReason, u64)>);

impl LossCounts {
    /// Adds a reason that comes after those that are there.
    pub(super) fn push(&mut self, reason: LossReason, events: u64) {
        self.0.push((reason, events));
    }

    /// The count of a reason that occurred.
    #[must_use]
    pub fn get(&self, reason: &LossReason) -> Option<&u64> {
        let (_, events) = self.0.iter().find(|(known, _)| known == reason)?;
        Some(events)
    }

    /// Whether events were lost for this reason.
    #[must_use]
    pub fn contains_key(&self, reason: &LossReason) -> bool {
        self.get(reason).is_some()
    }

    /// Reasons and counts.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&LossReason, &u64)> {
        self.0.iter().map(|(reason, events)| (reason, events))
    }

    /// The reasons that occurred.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &LossReason> {
        self.iter().map(|(reason, _)| reason)
    }

    /// The counts.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &u64> {
        self.iter().map(|(_, events)| events)
    }

    /// How many reasons occurred.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Panics at a reason that did not occur, as a map does.
impl Index<&LossReason> for LossCounts {
    type Output = u64;
    fn index(&self, reason: &LossReason) -> &u64 {
        self.get(reason).expect("events were lost for this reason")
    }
}

/// Counts above zero, in the order of the wire.
impl<const N: usize> From<[(LossReason, u64); N]> for LossCounts {
    fn from(mut counts: [(LossReason, u64); N]) -> Self {
        counts.sort_unstable();
        Self(counts.to_vec())
    }
}

impl std::fmt::Debug for LossCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
