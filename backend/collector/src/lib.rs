//! The HTTP door of Eyeline: checks, stamps, and answers 2xx only when a batch is durable.
//!
//! A request passes key, size, capped gunzip, parse, the check of each event, and the stamp of what only the collector
//! knows; then its line goes to an [`EventSink`], and the answer follows the fsync.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that panics has failed, which is the point"
    )
)]

mod batch;
mod builder;
mod clock;
mod collector;
mod http;
mod keys;
mod logs;
mod metrics;
mod server;
mod sink;

pub use builder::{BuildError, Builder};
pub use clock::{WallClock, system_clock};
pub use collector::{Collector, ServeError};
pub use keys::{KeysError, KeysStatus};
pub use logs::json_logs;
pub use sink::{
    EventSink, FileSink, FileSinkOptions, MemorySink, OnThrottle, SinkError, SinkGauge, Spool,
    SpoolOptions, SpooledSink,
};
#[cfg(feature = "firehose")]
pub use sink::{FirehoseError, FirehoseOptions, FirehoseSink, Stream};
