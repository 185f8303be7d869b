//! Which copy of each event of a micro-batch is kept: the one with the smallest (received, attempt), unless the lake has the event.

use std::collections::{HashMap, HashSet};

use super::scratch::inst_bucket;
use super::seen::{INTERVALS_MAX, Seen};

/// What becomes of one decoded row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Duplicate,
    TooOld,
    Erased,
    TooSparse,
}

impl Verdict {
    /// What becomes a reject.
    pub(crate) const REFUSED: [Self; 3] = [Self::TooOld, Self::Erased, Self::TooSparse];
}

/// The keys of all rows of a micro-batch, 32 bytes a row; the rows themselves wait on disk.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    insts: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
    rows: Vec<Row>,
    verdicts: Vec<Verdict>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    inst: u32,
    seq: u64,
    received_ms: i64,
    attempt: i64,
    row: u32,
}

impl Copies {
    /// The next row, in decoding order; returns its number.
    pub(crate) fn push(
        &mut self,
        inst: &str,
        seq: u64,
        received_ms: i64,
        attempt: i64,
        refused: Option<Verdict>,
    ) -> u32 {
        let row = self.len();
        self.verdicts.push(refused.unwrap_or(Verdict::Duplicate));
        if refused.is_none() {
            let inst = self.number(inst);
            self.rows.push(Row {
                inst,
                seq,
                received_ms,
                attempt,
                row,
            });
        }
        row
    }

    /// Notes an instance of which only a report came.
    pub(crate) fn touch(&mut self, inst: &str) {
        self.number(inst);
    }

    /// Rows pushed so far.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.verdicts.len()).expect("a micro-batch is bounded far below 2^32 rows")
    }

    /// Whether the micro-batch touches this instance.
    pub(crate) fn holds(&self, inst: &str) -> bool {
        self.insts.contains_key(inst)
    }

    /// Settles every row, given what the lake has; returns the verdicts by row and the newly seen numbers by instance.
    pub(crate) fn settle(
        &mut self,
        known: &HashMap<String, Seen>,
    ) -> (Vec<Verdict>, HashMap<String, Seen>) {
        self.rows.sort_unstable();
        let mut fresh: HashMap<String, Seen> = HashMap::new();
        let mut last = None;
        for row in &self.rows {
            let first_copy = last != Some((row.inst, row.seq));
            last = Some((row.inst, row.seq));
            let name = &*self.names[row.inst as usize];
            let known = known.get(name);
            if first_copy && !known.is_some_and(|seen| seen.contains(row.seq)) {
                if !fresh.contains_key(name) {
                    fresh.insert(name.to_owned(), Seen::default());
                }
                let Some(fresh) = fresh.get_mut(name) else {
                    continue;
                };
                let intervals = known.map_or(0, Seen::intervals) + fresh.intervals();
                if intervals >= INTERVALS_MAX && !fresh.goes_on(row.seq) {
                    self.verdicts[row.row as usize] = Verdict::TooSparse;
                    continue;
                }
                self.verdicts[row.row as usize] = Verdict::Keep;
                fresh.insert(row.seq);
            }
        }
        self.rows = Vec::new();
        (std::mem::take(&mut self.verdicts), fresh)
    }

    /// The buckets of the instances.
    pub(crate) fn buckets(&self) -> HashSet<u8> {
        self.names.iter().map(|inst| inst_bucket(inst)).collect()
    }

    fn number(&mut self, inst: &str) -> u32 {
        if let Some(number) = self.insts.get(inst) {
            return *number;
        }
        let number = u32::try_from(self.names.len())
            .expect("a micro-batch is bounded far below 2^32 instances");
        self.insts.insert(inst.into(), number);
        self.names.push(inst.into());
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_received_then_attempt_is_kept() {
        let mut copies = Copies::default();
        copies.push("a", 1, 20, 1, None);
        copies.push("a", 1, 10, 2, None);
        copies.push("a", 1, 10, 1, None);
        let (verdicts, _) = copies.settle(&HashMap::new());
        assert_eq!(
            verdicts,
            [Verdict::Duplicate, Verdict::Duplicate, Verdict::Keep]
        );
    }

    #[test]
    fn what_the_lake_has_is_a_duplicate() {
        let mut copies = Copies::default();
        copies.push("a", 1, 10, 1, None);
        copies.push("a", 2, 10, 1, None);
        let mut seen = Seen::default();
        seen.insert(1);
        let (verdicts, fresh) = copies.settle(&HashMap::from([("a".to_owned(), seen)]));
        assert_eq!(verdicts, [Verdict::Duplicate, Verdict::Keep]);
        assert_eq!(fresh["a"].to_string(), "2");
    }

    #[test]
    fn a_refused_copy_does_not_hide_a_good_one() {
        let mut copies = Copies::default();
        copies.push("a", 1, 5, 1, Some(Verdict::TooOld));
        copies.push("a", 1, 10, 1, None);
        let (verdicts, _) = copies.settle(&HashMap::new());
        assert_eq!(verdicts, [Verdict::TooOld, Verdict::Keep]);
    }

    #[test]
    fn numbers_with_made_up_gaps_are_refused_beyond_the_limit() {
        let mut copies = Copies::default();
        let rows = 2 * INTERVALS_MAX as u64;
        for n in 0..rows {
            copies.push("a", 3 * n, 10, 1, None);
            copies.push("b", n, 10, 1, None);
        }
        let mut seen = Seen::default();
        seen.insert(u64::MAX);
        let (verdicts, fresh) = copies.settle(&HashMap::from([("a".to_owned(), seen)]));
        assert_eq!(fresh["a"].intervals(), INTERVALS_MAX - 1);
        assert_eq!(fresh["b"].intervals(), 1);
        let refused = |verdict: &&Verdict| **verdict == Verdict::TooSparse;
        assert_eq!(verdicts.iter().filter(refused).count(), INTERVALS_MAX + 1);
    }
}
