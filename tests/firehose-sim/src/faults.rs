//! What goes wrong on purpose, and what was counted.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

/// How often what goes wrong. The default is a Firehose without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every call is answered 500.
    pub down: bool,
    /// Share of entries that fail by themselves.
    pub fail_entries: f64,
    /// Share of calls that are throttled whole.
    pub throttle_calls: f64,
    /// Share of calls whose records are taken and whose answer is a 500 all the same.
    pub lose_answers: f64,
    /// The destination refuses every object.
    pub bucket_down: bool,
}

/// What was done since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Calls of `PutRecord` and `PutRecordBatch`.
    pub calls: u64,
    /// Calls refused whole, by a fault.
    pub failed_calls: u64,
    /// Entries taken.
    pub taken: u64,
    /// Entries that failed by a fault.
    pub failed_entries: u64,
    /// Bytes of the entries taken.
    pub bytes: u64,
    /// What those bytes are on the bill, each record rounded up to 5 KiB.
    pub billed_bytes: u64,
    /// Objects delivered, error output and backup among them.
    pub objects: u64,
    /// Records that went to the error output.
    pub processing_failed: u64,
    /// Records lost: the destination was down for 24 hours.
    pub expired: u64,
    /// Records that wait.
    pub waiting: u64,
}

/// Decides what goes wrong, by a seed.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new() -> Self {
        Self(ChaCha8Rng::seed_from_u64(1))
    }

    /// True this often.
    pub(crate) fn strikes(&mut self, share: f64) -> bool {
        share > 0.0 && f64::from(self.0.next_u32()) < share * (f64::from(u32::MAX) + 1.0)
    }
}
