//! The event numbers that arrived from one SDK start, as ranges, so that copies and gaps show.

/// A set of numbers that mostly come in order.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Ranges with both ends included: ascending, apart from one another.
    ranges: Vec<(u64, u64)>,
}

impl Numbers {
    /// Adds a number; `false` where it is in already.
    pub(super) fn add(&mut self, number: u64) -> bool {
        let at = self.ranges.partition_point(|range| range.1 < number);
        if self.ranges.get(at).is_some_and(|range| range.0 <= number) {
            return false;
        }
        let before = at > 0 && self.ranges[at - 1].1 + 1 == number;
        let after = self
            .ranges
            .get(at)
            .is_some_and(|range| range.0 == number + 1);
        match (before, after) {
            (true, true) => {
                self.ranges[at - 1].1 = self.ranges[at].1;
                self.ranges.remove(at);
            }
            (true, false) => self.ranges[at - 1].1 = number,
            (false, true) => self.ranges[at].0 = number,
            (false, false) => self.ranges.insert(at, (number, number)),
        }
        true
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.ranges.iter().map(|(low, high)| high - low + 1).sum()
    }

    /// The smallest, 0 where there is none.
    pub(super) fn smallest(&self) -> u64 {
        self.ranges.first().map_or(0, |range| range.0)
    }

    /// The largest, 0 where there is none.
    pub(super) fn largest(&self) -> u64 {
        self.ranges.last().map_or(0, |range| range.1)
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn numbers_in_any_order_count_once_each() {
        let mut numbers = Numbers::default();
        let added: Vec<bool> = [3, 1, 2, 2, 7, 5, 6, 1, 9]
            .map(|number| numbers.add(number))
            .to_vec();
        assert_eq!(
            added,
            [true, true, true, false, true, true, true, false, true]
        );
        assert_eq!(numbers.ranges, [(1, 3), (5, 7), (9, 9)]);
        assert_eq!(
            (numbers.count(), numbers.smallest(), numbers.largest()),
            (7, 1, 9)
        );
    }
}
