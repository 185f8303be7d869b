//! Random bits from the operating system.

use std::hash::{BuildHasher, RandomState};

use eyeline_core::Entropy;

/// Asks the system each time: ids are minted a few times a session.
#[derive(Debug)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn next_u64(&mut self) -> u64 {
        // A sandbox may refuse the call. The hasher's keys were seeded by the system at start, and an id that is only hard
        // to guess beats a host app that goes down.
        getrandom::u64().unwrap_or_else(|_| RandomState::new().hash_one(std::time::Instant::now()))
    }
}
