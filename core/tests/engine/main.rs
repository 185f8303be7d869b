//! The engine as its hosts use it: statements about single behaviours, laws under any sequence of calls, and a simulation of
//! whole lives with a lossy network, a failing store and a crashing host.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is the point"
)]

mod bounds;
mod chance;
mod consent;
mod invariants;
mod laws;
mod network;
mod preview;
mod restart;
mod rig;
mod sealing;
mod sending;
mod server;
mod simulation;
mod store;
mod watching;
mod world;
