//! Measures what people really see: impressions, viewability and dwell, each event delivered or counted as lost.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that can't go on should stop"))]

#[cfg(feature = "http")]
mod client;
pub mod journal;

#[cfg(feature = "http")]
pub use client::{
    BuildError, Builder, Client, Flush, Flushed, InvalidEndpoint, NotRecorded, SteppedClock, View,
};
