//! The numbers of one instance's events that are in the lake already, as intervals: contiguous numbering makes them few.

use std::fmt;

/// A set of event numbers, kept as disjoint closed intervals in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen(Vec<(u64, u64)>);

impl Seen {
    pub(crate) fn contains(&self, n: u64) -> bool {
        let after = self.0.partition_point(|&(first, _)| first <= n);
        after > 0 && self.0[after - 1].1 >= n
    }

    /// Adds one number.
    pub(crate) fn insert(&mut self, n: u64) {
        self.insert_range(n, n);
    }

    /// How many intervals it takes.
    pub(crate) fn intervals(&self) -> usize {
        self.0.len()
    }

    /// Whether the number goes on from the last interval, so that it takes no new one.
    pub(crate) fn goes_on(&self, n: u64) -> bool {
        self.0
            .last()
            .is_some_and(|&(_, end)| end.saturating_add(1) >= n)
    }

    /// Adds all the numbers of the text form.
    pub(crate) fn add_text(&mut self, text: &str) -> Result<(), BadSeen> {
        read(text, &mut self.0)?;
        self.melt();
        Ok(())
    }

    /// The numbers of any intervals, in any order.
    pub(crate) fn of(intervals: Vec<(u64, u64)>) -> Self {
        let mut seen = Self(intervals);
        seen.melt();
        seen
    }

    /// Puts the intervals in order and joins those that overlap or touch.
    fn melt(&mut self) {
        self.0.sort_unstable();
        self.0.dedup_by(|next, kept| {
            let joins = next.0 <= kept.1.saturating_add(1);
            if joins {
                kept.1 = kept.1.max(next.1);
            }
            joins
        });
    }

    fn insert_range(&mut self, first: u64, last: u64) {
        // Every interval that overlaps or touches [first, last] melts into it.
        let from = self
            .0
            .partition_point(|&(_, end)| end.saturating_add(1) < first);
        let to = self
            .0
            .partition_point(|&(start, _)| start <= last.saturating_add(1));
        let merged = self.0[from..to]
            .iter()
            .fold((first, last), |(low, high), &(start, end)| {
                (low.min(start), high.max(end))
            });
        self.0.splice(from..to, [merged]);
    }
}

impl fmt::Display for Seen {
    /// `1-47,50`: the form in column `seen`. Texts may be joined by commas; reading puts them in order again.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            if first == last {
                write!(out, "{comma}{first}")?;
            } else {
                write!(out, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

/// Reads the text form.
pub(crate) fn read(text: &str, intervals: &mut Vec<(u64, u64)>) -> Result<(), BadSeen> {
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let first = first.parse().map_err(|_| BadSeen)?;
        let last = last.parse().map_err(|_| BadSeen)?;
        if first > last {
            return Err(BadSeen);
        }
        intervals.push((first, last));
    }
    Ok(())
}

/// Intervals after which an instance's numbers are taken for made up: a client numbers from 1 without gaps, and each gap is a loss
/// of its own. At 34 bytes for each, the text stays within the 65,535 bytes of a warehouse column.
pub(crate) const INTERVALS_MAX: usize = 1_500;

/// The text is not a list of intervals.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadSeen;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_melt_into_one_interval() {
        let mut seen = Seen::default();
        for n in [5, 1, 3, 4, 2, 9] {
            seen.insert(n);
        }
        assert_eq!(seen.to_string(), "1-5,9");
    }

    #[test]
    fn a_text_that_is_no_interval_list_is_refused() {
        assert_eq!(Seen::default().add_text("5-1"), Err(BadSeen));
        assert_eq!(Seen::default().add_text("a"), Err(BadSeen));
    }

    proptest! {
        #[test]
        fn it_holds_exactly_what_a_plain_set_holds(numbers in proptest::collection::vec(0u64..60, 0..80), cut in 0usize..80) {
            let plain: BTreeSet<u64> = numbers.iter().copied().collect();
            let (left, right) = numbers.split_at(cut.min(numbers.len()));
            let mut texts = Vec::new();
            for half in [left, right] {
                let mut seen = Seen::default();
                half.iter().for_each(|&n| seen.insert(n));
                texts.push(seen.to_string());
            }
            let mut joined = Seen::default();
            joined.add_text(&texts.join(",")).unwrap();
            for n in 0..60 {
                prop_assert_eq!(joined.contains(n), plain.contains(&n));
            }
        }
    }
}
