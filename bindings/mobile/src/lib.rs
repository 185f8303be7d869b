//! Eyeline for phones: the engine, its journal and its worker, behind a surface that uniffi turns into Kotlin and Swift.
//!
//! The platform sends: a [`Transport`] of the app is asked on a thread of the library. No call waits for the network, except those
//! that say so and take a timeout. Recording appends one record to a file and returns; what it returned for survives `kill -9`.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that can't go on should stop")
)]

mod act;
mod bell;
mod client;
mod endpoint;
mod ffi;
mod invalid;
mod post;
mod starting;
mod tell;
mod worker;

uniffi::setup_scaffolding!();

pub use client::Client;
pub use ffi::{
    Action, Call, Click, Config, Consent, Convert, CustomRule, Device, FlushResult, Impression,
    Listener, ListenerError, Loss, LossReason, Media, MediaState, Money, Page, Request, Response,
    Rule, Serve, StartError, State, Stats, TestClock, TestRig, Transport, TransportError, ViewRef,
};
pub use invalid::Invalid;
