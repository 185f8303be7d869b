//! The loader as its users see it: raw files in, tables out, whatever happens in between.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "tests may fail by panicking"
)]

mod context;
mod crash;
mod discovery;
mod erasure;
mod kill;
mod loading;
mod marts;
mod publish;
mod put_aside;
mod race;
mod support;
mod upkeep;
mod volume;
mod warehouse;
