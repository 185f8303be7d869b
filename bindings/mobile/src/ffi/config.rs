//! What a client is told once, at its start.

use std::collections::HashMap;

use eyeline_core as core;

use super::place::{Device, Page};
use super::test_rig::TestRig;

/// How a client is set up: three things it must know, and defaults for the rest.
#[derive(Clone, uniffi::Record)]
pub struct Config {
    /// The collector's address, such as `https://collect.example.com`.
    pub endpoint: String,
    /// This app's write key.
    pub write_key: String,
    /// Whose app it is. The write key must be bound to it.
    pub affiliate: String,
    /// Where events are kept until the collector has taken them; one client at a time. Without it they are kept in memory and end
    /// with the process.
    #[uniffi(default)]
    pub directory: Option<String>,
    /// What is known of the visitor's consent. A choice stored earlier stands, unless this one is stricter.
    #[uniffi(default)]
    pub consent: Option<Consent>,
    /// Whether the visitor asks not to be tracked: measure only, whatever the consent.
    #[uniffi(default)]
    pub gpc: bool,
    /// Whether the audience are children (COPPA): measure only, whatever the consent.
    #[uniffi(default)]
    pub children: bool,
    /// The screen shown at start.
    #[uniffi(default)]
    pub page: Option<Page>,
    /// The device.
    #[uniffi(default)]
    pub device: Option<Device>,
    /// Running experiments and the visitor's variants. At most 32, of 64 characters.
    #[uniffi(default)]
    pub experiments: HashMap<String, String>,
    /// Custom dimensions. At most 8, of 64 characters.
    #[uniffi(default)]
    pub dimensions: HashMap<String, String>,
    /// The share of sessions that is recorded: above 0, at most 1. All unless told.
    #[uniffi(default)]
    pub sampling: Option<f64>,
    /// Whether the app starts in front.
    #[uniffi(default = true)]
    pub active: bool,
    /// How old, in ms, the first event of a batch gets before the batch is sent. 30 s unless told.
    #[uniffi(default)]
    pub batch_age_ms: Option<u64>,
    /// How many events make a batch full. 100 unless told, 500 at most.
    #[uniffi(default)]
    pub batch_events: Option<u32>,
    /// How many events wait at most. 100,000 unless told.
    #[uniffi(default)]
    pub queue_events: Option<u32>,
    /// How many bytes wait at most. 10 MiB unless told.
    #[uniffi(default)]
    pub queue_bytes: Option<u32>,
    /// How long, in ms, one request may take, the answer included. 30 s unless told. The transport keeps to it.
    #[uniffi(default)]
    pub request_timeout_ms: Option<u64>,
    /// Marks every request, so that this client's events can be watched live at the collector.
    #[uniffi(default)]
    pub debug_tag: Option<String>,
    /// Names the SDK on the wire, such as `kotlin/0.1.0`. Set by the layer above, not by apps.
    #[uniffi(default)]
    pub sdk: Option<String>,
    /// A clock and ids that a test sets. Never in an app.
    #[uniffi(default)]
    pub test: Option<TestRig>,
}

/// The visitor's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Consent {
    /// Everything, with a visitor id.
    Full,
    /// Measuring without a visitor id.
    MeasureOnly,
    /// Not asked yet: events stay in memory, nothing is stored or sent.
    Pending,
    /// Nothing is recorded; what was not yet sent is gone.
    Denied,
}

impl Config {
    /// The defaults.
    #[must_use]
    pub fn new(endpoint: &str, write_key: &str, affiliate: &str) -> Self {
        Config {
            endpoint: endpoint.to_owned(),
            write_key: write_key.to_owned(),
            affiliate: affiliate.to_owned(),
            directory: None,
            consent: None,
            gpc: false,
            children: false,
            page: None,
            device: None,
            experiments: HashMap::new(),
            dimensions: HashMap::new(),
            sampling: None,
            active: true,
            batch_age_ms: None,
            batch_events: None,
            queue_events: None,
            queue_bytes: None,
            request_timeout_ms: None,
            debug_tag: None,
            sdk: None,
            test: None,
        }
    }
}

impl From<Consent> for core::Consent {
    fn from(from: Consent) -> Self {
        match from {
            Consent::Full => Self::Full,
            Consent::MeasureOnly => Self::MeasureOnly,
            Consent::Pending => Self::Pending,
            Consent::Denied => Self::Denied,
        }
    }
}

impl From<core::Consent> for Consent {
    fn from(from: core::Consent) -> Self {
        match from {
            core::Consent::Full => Self::Full,
            core::Consent::MeasureOnly => Self::MeasureOnly,
            core::Consent::Pending => Self::Pending,
            core::Consent::Denied => Self::Denied,
        }
    }
}
