//! Which visitors' rows go, as conditions in SQL.

use std::collections::BTreeMap;

use crate::lake::Tombstone;

/// By moment (ms) up to which what happened is erased, the visitors' keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Erasures(BTreeMap<i64, Vec<i64>>);

impl Erasures {
    /// Adds the erasures that were carried out; the others' rows are still in the lake.
    pub(crate) fn add(&mut self, tombstones: &[Tombstone]) {
        for erasure in tombstones.iter().filter(|erasure| erasure.done) {
            let until = if erasure.whole {
                i64::MAX
            } else {
                erasure.at_ms
            };
            let keys = self.0.entry(until).or_default();
            keys.extend(&erasure.visitor_keys);
            keys.sort_unstable();
            keys.dedup();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys altogether.
    pub(crate) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The condition that holds for rows of these visitors whose time, an expression of SQL, is not too late.
    pub(crate) fn condition(&self, time: &str) -> Option<String> {
        let each = self.0.iter().map(|(until, keys)| {
            let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
            let theirs = format!("visitor_key IN ({})", keys.join(", "));
            if *until == i64::MAX {
                theirs
            } else {
                format!("({theirs} AND {time} <= {until})")
            }
        });
        let any = each.collect::<Vec<_>>().join(" OR ");
        (!any.is_empty()).then_some(any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tombstone(keys: &[i64], whole: bool, done: bool) -> Tombstone {
        Tombstone {
            id: String::new(),
            visitor_keys: keys.to_vec(),
            at_ms: 7,
            whole,
            done,
        }
    }

    #[test]
    fn a_visitor_is_erased_up_to_the_request_or_whole() {
        let mut erasures = Erasures::default();
        erasures.add(&[tombstone(&[2, 1], false, true), tombstone(&[3], true, true)]);
        assert_eq!(
            erasures.condition("event_ms").unwrap(),
            "(visitor_key IN (1, 2) AND event_ms <= 7) OR visitor_key IN (3)"
        );
    }

    #[test]
    fn an_erasure_that_is_still_to_be_done_erases_nothing() {
        let mut erasures = Erasures::default();
        erasures.add(&[tombstone(&[1], false, false)]);
        assert_eq!((erasures.condition("event_ms"), erasures.len()), (None, 0));
    }
}
