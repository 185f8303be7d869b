//! The client as an app uses it: over real HTTP to a scripted collector, on real files, on a clock the test owns.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod collector;
mod handles;
mod kill;
mod sending;
mod storing;
mod support;
#[cfg(target_os = "linux")]
mod tracing;
mod views;
