//! What viewability tells the engine: the moment a rule was met, and cumulative snapshots of how long the impression was seen.

use std::sync::Arc;

/// How much of an impression was seen, from its render up to one moment.
///
/// Cumulative: each snapshot holds at least what the one before it held, so a reader takes the
/// maximum and repeats do no harm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dwell {
    /// Milliseconds in which enough of the view showed for its rule, in an active app or page.
    pub visible_ms: u64,
    /// Of those, milliseconds within 5 s of the user's last activity or with media playing.
    pub engaged_ms: u64,
    /// The largest share ever visible while active, in whole percent, rounded down.
    pub max_visible_pct: u8,
    /// How many times the view came into view: breaks in `visible_ms`, plus one.
    pub times_in_view: u32,
}

/// Something to record, in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happened {
    /// The rule was met; at most once an impression.
    Viewable {
        /// The moment the rule was met, not the moment it was noticed: host's monotonic milliseconds.
        at: u64,
        /// The rule's name on the wire, such as `mrc50_1s`.
        rule: Arc<str>,
    },
    /// A snapshot is due.
    Dwell {
        /// The moment the snapshot describes: host's monotonic milliseconds.
        at: u64,
        /// The totals at that moment.
        dwell: Dwell,
    },
}

/// Visible time, in milliseconds, at which a snapshot is taken: close together while most
/// impressions still end, then sparse. After five minutes only hiding and the background take one.
pub const DWELL_SNAPSHOTS_MS: [u64; 12] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000, 90_000, 120_000, 180_000, 240_000, 300_000,
];
