//! What Firehose's records pass on their way to S3: lines that the loader reads go on byte for byte, and the rest becomes typed
//! rejects beside them. One bad line never costs its neighbours.
//!
//! Faults inside a batch are the loader's to judge, event by event: here a line with one bad event passes.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that panics has failed, which is the point"
    )
)]

mod answer;
mod lines;

pub use answer::transform;
