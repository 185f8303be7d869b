//! The lake as of one commit: the files that count and all a writer must know to plan the next commit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::commit::{Commit, CommitKind, Counts, DataFile, Table, Tombstone};

/// The lake as of one commit. Readers take their files from here, never from a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The commit it stands at; 0 is the empty lake.
    pub version: u64,
    /// Live data files by path.
    pub files: BTreeMap<String, DataFile>,
    /// Raw files consumed, with the time (ms) each was last written.
    pub raw: BTreeMap<String, i64>,
    /// Erasures that later loads must respect.
    pub tombstones: Vec<Tombstone>,
    /// The index of seen events reaches back to here (ms).
    pub floor_ms: i64,
    /// When the whole raw store was last listed and worked off (ms).
    #[serde(default)]
    pub listed_all_ms: i64,
    /// Raw files that could not be read. Every run tries them again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unreadable: BTreeSet<String>,
    /// All events ever, by what became of them.
    pub totals: Counts,
    /// The most recent commits, oldest first.
    pub loads: VecDeque<LoadRow>,
}

/// One commit as table `loads` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadRow {
    /// The commit.
    pub version: u64,
    /// Why it was made.
    pub kind: CommitKind,
    /// When it was made, ms.
    pub at_ms: i64,
    /// Raw files consumed.
    pub raw_files: u64,
    /// Bytes of raw files consumed.
    pub raw_bytes: u64,
    /// Data files added.
    pub files_added: u64,
    /// Data files taken away.
    pub files_removed: u64,
    /// Events by what became of them.
    pub counts: Counts,
}

impl Snapshot {
    /// The live files of one table, by path.
    pub fn files_of(&self, table: Table) -> impl Iterator<Item = &DataFile> {
        self.files.values().filter(move |file| file.table == table)
    }

    /// Moves on by one commit.
    pub fn apply(&mut self, commit: &Commit) {
        self.version = commit.version;
        for path in &commit.remove {
            self.files.remove(path);
        }
        for file in &commit.add {
            self.files.insert(file.path.clone(), file.clone());
        }
        if let Some(unreadable) = &commit.unreadable {
            self.unreadable.clone_from(unreadable);
        }
        for raw in &commit.raw {
            self.unreadable.remove(&raw.path);
            self.raw.insert(raw.path.clone(), raw.modified_ms);
        }
        for path in &commit.raw_expired {
            self.raw.remove(path);
        }
        for tombstone in &commit.tombstones {
            self.tombstones.retain(|known| known.id != tombstone.id);
            self.tombstones.push(tombstone.clone());
        }
        self.tombstones
            .retain(|known| !commit.tombstones_expired.contains(&known.id));
        self.floor_ms = self.floor_ms.max(commit.floor_ms.unwrap_or(0));
        self.listed_all_ms = self.listed_all_ms.max(commit.listed_all_ms.unwrap_or(0));
        self.totals.add(&commit.counts);
        self.loads.push_back(LoadRow::of(commit));
        while self.loads.len() > LOADS_KEPT {
            self.loads.pop_front();
        }
    }
}

impl LoadRow {
    fn of(commit: &Commit) -> Self {
        Self {
            version: commit.version,
            kind: commit.kind,
            at_ms: commit.at_ms,
            raw_files: commit.raw.len() as u64,
            raw_bytes: commit.raw.iter().map(|raw| raw.bytes).sum(),
            files_added: commit.add.len() as u64,
            files_removed: commit.remove.len() as u64,
            counts: commit.counts.clone(),
        }
    }
}

/// Commits that table `loads` remembers one by one: a week at one a minute; the totals remember all.
const LOADS_KEPT: usize = 10_080;
