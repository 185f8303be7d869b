//! What the collector accepts, counted as it comes: the dashboard's live page shows it before the loader has read it.

mod instance;
mod numbers;
mod sink;
mod sums;
mod tally;
#[cfg(test)]
mod tally_test;

pub use sink::SeenSink;
pub use sums::{Loss, Part, Recent, Seen, Sums};
pub use tally::Tally;
