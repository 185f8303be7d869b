//! The end-to-end tests, one binary: real parts, real sockets on 127.0.0.1, real files.
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is the point"
)]

mod bad_input;
mod collector_kills;
mod fault_proxy;
mod fault_proxy_process;
mod stage;
