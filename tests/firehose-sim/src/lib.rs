//! Kinesis Data Firehose, as far as its users can tell: what emulators leave out and Eyeline depends on.
//!
//! The API's limits and partial failures, buffering by size and time, GZIP, keys named by their oldest record, the transform with
//! its retries, error output, source backup, and 24 hours of patience with a destination that is down. Faults come when a test asks
//! for them. Sources: the API reference (<https://docs.aws.amazon.com/firehose/latest/APIReference/>) and the developer guide
//! (<https://docs.aws.amazon.com/firehose/latest/dev/>).
//!
//! What it does not do: authenticate, encrypt by itself (a bucket's default encryption does), convert formats, partition dynamically.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that panics has failed, which is the point"
    )
)]

mod api;
mod buffer;
mod deliver;
mod faults;
mod key;
mod refusal;
mod runtime;
mod service;
mod settings;
mod transform;

pub use faults::{Counts, Faults};
pub use service::FirehoseSim;
pub use settings::{Clock, Settings, StreamSettings, system_clock};
