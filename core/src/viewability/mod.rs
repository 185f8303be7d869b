//! Decides from what a host reports (how much of a view shows, focus, activity, playing) how long an impression was seen and when it became viewable.

mod dwell;
mod rule;
mod state;

#[cfg(test)]
mod golden_test;
#[cfg(test)]
mod reference_test;

pub use dwell::{DWELL_SNAPSHOTS_MS, Dwell, Happened};
pub use rule::{CustomRule, InvalidRule, LARGE_AREA, Rule};
pub use state::{ENGAGED_FOR_MS, HEARTBEAT_MS, LONGEST_GAP_MS, ViewState};
