//! One entry of the log: what a run read, which data files it added and which it took away.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The tables a data file can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Clean events, one row an event.
    Events,
    /// Refused events and lines, kept at most 30 days.
    Rejects,
    /// Losses that a later instance reported for an earlier one.
    Losses,
    /// What each micro-batch learnt about an SDK start; the rows of one `inst` add up.
    InstanceParts,
    /// One row an impression.
    FctImpression,
    /// Additive counts by hour and content.
    MartContentHour,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 6] = [
        Self::Events,
        Self::Rejects,
        Self::Losses,
        Self::InstanceParts,
        Self::FctImpression,
        Self::MartContentHour,
    ];

    /// The name of the table in SQL and in paths.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Rejects => "rejects",
            Self::Losses => "losses",
            Self::InstanceParts => "instance_parts",
            Self::FctImpression => "fct_impression",
            Self::MartContentHour => "mart_content_hour",
        }
    }

    /// The column whose smallest and largest values the log keeps for each file.
    pub(crate) fn time_column(self) -> &'static str {
        match self {
            Self::Events | Self::Rejects | Self::Losses => "received_ms",
            Self::InstanceParts => "last_received_ms",
            Self::FctImpression | Self::MartContentHour => "event_hour",
        }
    }
}

/// An immutable Parquet file of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// The table its rows belong to.
    pub table: Table,
    /// Its key below the lake's root, never used twice.
    pub path: String,
    /// Its number of rows.
    pub rows: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// The partition, as it stands in the path: `received_date=2026-11-23/received_hour=14`.
    pub partition: String,
    /// The hash bucket: of `visitor_key` for events, of `inst` for instance parts and impressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<u8>,
    /// The smallest time in it, ms: `received_ms`, or of an impression `rendered_ms` (else `first_ms`), or the mart's hour.
    pub min_ms: i64,
    /// The largest time in it, ms.
    pub max_ms: i64,
    /// The first and last commit whose rows it holds; compaction widens the range.
    pub groups: (u64, u64),
    /// Of a mart file: its hour was final when it was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_final: bool,
    /// Of a mart file: it holds what came after its hour was final.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// A raw file that a commit consumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawFile {
    /// Its key below the raw root.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last written, ms.
    pub modified_ms: i64,
    /// Lines in it.
    pub lines: u64,
    /// Events read from it: always written + duplicate + rejected.
    pub read: u64,
    /// Events kept.
    pub written: u64,
    /// Copies of events that were there already.
    pub duplicate: u64,
    /// Events and lines refused.
    pub rejected: u64,
}

/// Events by what became of them: read = written + duplicate + rejected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Raw lines read.
    pub lines: u64,
    /// Events read.
    pub read: u64,
    /// Events written to the clean table.
    pub written: u64,
    /// Copies dropped.
    pub duplicate: u64,
    /// Events and lines refused.
    pub rejected: u64,
    /// The refused ones by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rejected_by: BTreeMap<String, u64>,
}

impl Counts {
    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.read += other.read;
        self.written += other.written;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
        for (why, count) in &other.rejected_by {
            *self.rejected_by.entry(why.clone()).or_default() += count;
        }
    }
}

/// An erasure: rows of these visitors that happened up to `at_ms` (or whenever, where it is `whole`) are gone and stay out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Names the erasure, so that a rerun knows it.
    pub id: String,
    /// The visitor's key under every salt that can still occur.
    pub visitor_keys: Vec<i64>,
    /// When it was asked for (ms): events captured up to this moment are erased.
    pub at_ms: i64,
    /// Events captured later are erased as well: the device itself asked, and has had a new id since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// The rows that were there have been rewritten away.
    pub done: bool,
}

/// Why a commit was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitKind {
    /// A micro-batch of raw files became clean rows, facts and marts.
    Load,
    /// Marts of hours that became final were written again.
    Finalise,
    /// A visitor's rows were taken out.
    Erase,
    /// Expired rows and names were dropped.
    Retain,
    /// Small files became larger ones.
    Compact,
    /// All raw files were listed and looked after: which can't be read, and when.
    Survey,
}

impl CommitKind {
    /// The name, as in the log and in table `loads`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Finalise => "finalise",
            Self::Erase => "erase",
            Self::Retain => "retain",
            Self::Compact => "compact",
            Self::Survey => "survey",
        }
    }
}

/// One entry of the log, `commits/%020d.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The layout of this object.
    pub format: u32,
    /// Its place in the log, from 1.
    pub version: u64,
    /// The attempt that wrote it: how a writer recognises its own commit after an unclear answer.
    pub run: String,
    /// Why it was made.
    pub kind: CommitKind,
    /// When it was made, ms.
    pub at_ms: i64,
    /// Raw files consumed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw: Vec<RawFile>,
    /// Names of raw files that need not be remembered any longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raw_expired: Vec<String>,
    /// Data files added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<DataFile>,
    /// Paths of data files taken away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
    /// Erasures added or finished (same `id`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tombstones: Vec<Tombstone>,
    /// Ids of erasures old enough to be forgotten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tombstones_expired: Vec<String>,
    /// Events by what became of them.
    #[serde(default)]
    pub counts: Counts,
    /// The index of seen events reaches back to here (ms): older events are refused as `too_old`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_ms: Option<i64>,
    /// The whole raw store was listed at this moment (ms), and all that was found is consumed or known to be unreadable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_all_ms: Option<i64>,
    /// From here on, the raw files that can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<BTreeSet<String>>,
}

impl Commit {
    /// The layout this version writes and reads.
    pub const FORMAT: u32 = 1;

    pub(crate) fn new(kind: CommitKind, run: String, at_ms: i64) -> Self {
        Self {
            format: Self::FORMAT,
            version: 0,
            run,
            kind,
            at_ms,
            raw: Vec::new(),
            raw_expired: Vec::new(),
            add: Vec::new(),
            remove: Vec::new(),
            tombstones: Vec::new(),
            tombstones_expired: Vec::new(),
            counts: Counts::default(),
            floor_ms: None,
            listed_all_ms: None,
            unreadable: None,
        }
    }
}
