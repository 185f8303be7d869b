//! What decoding yields: tables, counts and requests to forget.

use std::ops::AddAssign;

use arrow::array::RecordBatch;
use eyeline_core::{Id, UnixMillis};

/// The tables of some raw lines. `counts.read` = event rows + reject rows, always.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Clean events, as [`schema()`](super::schema()) says.
    pub events: RecordBatch,
    /// One row a batch with its instance's counters, as [`instances_schema`](super::instances_schema) says.
    pub instances: RecordBatch,
    /// Losses that a later instance reported, as [`losses_schema`](super::losses_schema) says.
    pub losses: RecordBatch,
    /// Refused events and unreadable lines, as [`rejects_schema`](super::rejects_schema) says.
    pub rejects: RecordBatch,
    /// Visitors that asked to be forgotten.
    pub forgotten: Vec<Forgotten>,
    /// What was counted on the way.
    pub counts: Counts,
}

/// What was counted while decoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines that were not blank.
    pub lines: u64,
    /// Events seen, and 1 for each line or batch that could not be read.
    pub read: u64,
    /// Event rows.
    pub written: u64,
    /// Reject rows.
    pub rejected: u64,
    /// Requests to forget.
    pub forgotten: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.lines += more.lines;
        self.read += more.read;
        self.written += more.written;
        self.rejected += more.rejected;
        self.forgotten += more.forgotten;
    }
}

/// A visitor of an affiliate that asked to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// When the request was received.
    pub received: UnixMillis,
    /// The affiliate.
    pub affiliate: String,
    /// The visitor. [`Salts::keys_between`](super::Salts::keys_between) gives the keys to erase.
    pub anon: Id,
}
