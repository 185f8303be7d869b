//! The core of Eyeline: what an impression is, when it is viewable, when a batch is sent.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that panics has failed, which is the point"
    )
)]

mod viewability;

pub use viewability::{
    CustomRule, DWELL_SNAPSHOTS_MS, Dwell, ENGAGED_FOR_MS, HEARTBEAT_MS, Happened, InvalidRule,
    LARGE_AREA, LONGEST_GAP_MS, Rule, ViewState,
};
