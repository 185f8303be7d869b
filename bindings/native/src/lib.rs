//! Measures what people really see: impressions, viewability and dwell, each event delivered or counted as lost.
//!
//! ```no_run
//! use std::time::Duration;
//! use eyeline::{Click, Client, Consent, ContentId, Impression, PlacementId, Visibility};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("https://collect.example.com", "your-write-key", "your-affiliate")
//!     .directory("/var/lib/your-app/events")
//!     .consent(Consent::Full)
//!     .build()?;
//!
//! // Content is on screen: that is the impression.
//! let teaser = client.impression(Impression::new(ContentId::new("item-14")?, PlacementId::new("recs-top")?));
//! // Three quarters of it show. After a second of that it is viewable; you need not call again.
//! teaser.visible(Visibility { fraction: 0.75, width: 300.0, height: 250.0 });
//! teaser.click(Click::default())?;
//! // Gone from the screen.
//! drop(teaser);
//!
//! client.shutdown(Duration::from_secs(5)).wait();
//! # Ok(())
//! # }
//! ```
//!
//! - **Recording never waits for the network.** A worker sends in the background; recording an event appends one record to a
//!   file and returns. Only dropping the last [`Client`] or [`View`] waits, for at most [`Builder::drop_timeout`] (2 s by
//!   default), on an async thread too; after an awaited [`Client::shutdown`] it does not.
//! - **Nothing is lost.** What [`Client::track`] returned for survives `kill -9` and is sent after the next start. What can
//!   never be delivered is counted by reason in [`Client::stats`], and reported to the collector.
//! - **Nothing without consent.** Until [`Client::set_consent`] says otherwise, events stay in memory.
//!
//! Features: `http` (default) is the client. Without it the crate is the [`journal`] alone, free of Tokio and reqwest; `host`
//! adds what the client for phones shares with this one.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that can't go on should stop")
)]

#[cfg(feature = "http")]
mod client;
#[cfg(feature = "host")]
#[doc(hidden)]
pub mod host;
pub mod journal;

#[cfg(feature = "http")]
pub use client::{BuildError, Builder, Client, NotRecorded, TransportError, View};
#[cfg(feature = "http")]
pub use eyeline_core::{
    AffiliateId, Click, Consent, ContentId, Convert, CustomRule, Device, Dimension, Event, Goal,
    Impression, InvalidNumber, InvalidPairs, InvalidRule, InvalidText, Label, LossReason, Media,
    MediaState, ModelId, Money, OrderId, Page, PagePath, Pairs, PlacementId, Propensity, Referrer,
    Refused, RequestId, Rule, SamplingRate, Serve, Site, Stats, Target, Visibility,
};
#[cfg(feature = "http")]
pub use host::{Flush, Flushed, InvalidEndpoint, SteppedClock};
