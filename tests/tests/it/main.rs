//! The end-to-end tests, one binary: real parts, real sockets on 127.0.0.1, real files.
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is the point"
)]

mod bad_input;
mod clients;
mod collector_kills;
mod erasure;
mod fault_proxy;
mod fault_proxy_process;
mod late;
mod loaders;
mod losses;
mod put_aside;
mod queue;
mod s3;
mod stage;
mod storms;
mod time;
mod whole_path;
