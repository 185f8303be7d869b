//! The core of Eyeline: what an impression is, when it is viewable, when a batch is sent.
//!
//! It opens no socket, reads no clock, spawns no thread and draws no entropy of its own: the host passes
//! [`Now`] and [`Entropy`] in, does what it is asked to do, and reports back.

mod app;
mod codec;
mod engine;
mod event_time;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use engine::fuzzing;
mod id;
pub mod limits;
mod store;
mod time;
mod viewability;
pub mod wire;

pub use app::{
    AffiliateId, Click, ContentId, Convert, Device, Dimension, Event, Goal, Impression,
    InvalidNumber, InvalidPairs, InvalidText, Label, Media, MediaState, ModelId, Money, OrderId,
    Page, PagePath, Pairs, PlacementId, Propensity, Referrer, RequestId, SamplingRate, Serve, Site,
    Target,
};
pub use engine::{
    ANSWER_BYTES_MAX, Config, Consent, Engine, HostAnswer, ImpressionHandle, LossCounts,
    LossReason, Preview, Refused, Stats, Step, Ticket, Upload, UploadKind, Visibility,
};
pub use event_time::{ClockReading, EventTime, TimeBasis, event_time};
pub use id::{BadId, Entropy, Id};
pub use store::{BadRecord, Class, Key, Saved, Write, Writes};
pub use time::{MonoMillis, Now, UnixMillis};
pub use viewability::{
    CustomRule, DWELL_SNAPSHOTS_MS, Dwell, ENGAGED_FOR_MS, HEARTBEAT_MS, Happened, InvalidRule,
    LARGE_AREA, LONGEST_GAP_MS, Rule, ViewState,
};
