//! The simulated Firehose over HTTP: its own limits and promises, and the collector's sink against it through AWS's SDK.
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is the point"
)]

mod limits;
mod sink;
mod transform;
mod world;
