//! What goes wrong when a test asks for it.

use serde::Deserialize;

/// Faults, counted so that each is sure to come: 0 is never.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every so many calls, one is throttled and does nothing.
    pub throttle_every: u64,
    /// Every so many calls, one does what it should, and its answer is lost.
    pub lose_every: u64,
    /// So many batches are aborted before they commit.
    pub abort_batches: u64,
}
