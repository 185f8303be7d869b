//! What an app may rely on, through the surface that Kotlin and Swift call, with a collector that is a script.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that can't go on should stop, and documents itself"
)]

mod calls;
mod kill;
mod listening;
mod sending;
mod storing;
mod world;
