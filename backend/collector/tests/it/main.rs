//! End to end: a real collector on 127.0.0.1, spoken to over HTTP.
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test that panics has failed, which is the point; modules of a test binary share their items"
)]

mod bad_events;
mod bad_requests;
mod damage;
mod docs;
mod durability;
mod golden;
mod good_requests;
mod keys_reload;
mod kill;
mod operations;
mod origins;
mod properties;
mod sinks;
mod support;
mod tails;
mod throttling;
