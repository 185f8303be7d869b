//! What a run did, for people and for machines.

use serde::Serialize;

use crate::lake::{Commit, Counts};

/// What one run did. `counts.read` = `counts.written` + `counts.duplicate` + `counts.rejected`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// Micro-batches committed.
    pub commits: u64,
    /// Raw files consumed.
    pub raw_files: u64,
    /// Their bytes, as stored.
    pub raw_bytes: u64,
    /// Events by what became of them.
    #[serde(flatten)]
    pub counts: Counts,
    /// Visitors erased.
    pub erased: u64,
    /// Hours of the mart that became final.
    pub hours_final: u64,
    /// Times another loader committed first and the work was planned again.
    pub conflicts: u64,
    /// Raw files that can't be read, with the reason; they were left out and stay to be loaded.
    pub bad_files: Vec<(String, String)>,
    /// The commit the lake stands at now.
    pub version: u64,
}

impl RunReport {
    pub(crate) fn add(&mut self, commit: &Commit) {
        self.commits += 1;
        self.raw_files += commit.raw.len() as u64;
        self.raw_bytes += commit.raw.iter().map(|raw| raw.bytes).sum::<u64>();
        self.counts.add(&commit.counts);
    }
}
