//! What the live page shows: sums over impressions, in total and by part, losses by reason, and the last events.

use eyeline_core::wire::{Event, Kind};
use serde::Serialize;

/// Sums over events and their impressions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Events accepted, each once.
    pub events: u64,
    /// Slates handed to a page.
    pub served: u64,
    /// Impressions rendered.
    pub rendered: u64,
    /// Rendered impressions whose viewability could be measured.
    pub measurable: u64,
    /// Impressions that met their viewability rule.
    pub viewable: u64,
    /// Impressions with visible time.
    pub dwelled: u64,
    /// Visible time, ms.
    pub visible_ms: u64,
    /// Engaged time, ms.
    pub engaged_ms: u64,
    /// Clicks.
    pub clicks: u64,
    /// Goals reached.
    pub conversions: u64,
}

impl Sums {
    /// Counts one event. `grown` is by how much its impression's visible and engaged time grew, and whether that began with it.
    pub(super) fn count(&mut self, event: &Event<'_>, grown: Grown) {
        self.events += 1;
        match event.kind {
            Kind::Serve => self.served += 1,
            Kind::Render => {
                self.rendered += 1;
                self.measurable += u64::from(event.measurable == Some(true));
            }
            Kind::Viewable => self.viewable += 1,
            Kind::Click => self.clicks += 1,
            Kind::Convert => self.conversions += 1,
            _ => {}
        }
        self.dwelled += u64::from(grown.begun);
        self.visible_ms += grown.visible_ms;
        self.engaged_ms += grown.engaged_ms;
    }
}

/// By how much one impression's times grew.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Grown {
    pub(super) begun: bool,
    pub(super) visible_ms: u64,
    pub(super) engaged_ms: u64,
}

/// The sums of one placement or SDK path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its sums.
    #[serde(flatten)]
    pub sums: Sums,
}

/// Events that are missing for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The reason, as the SDK names it; `not_arrived` where none is known: they are still on their way, or lost in a crash.
    pub reason: String,
    /// How many.
    pub events: u64,
}

/// One event, for the list of the last ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recent {
    /// When the collector received it, ms since 1970.
    pub received_ms: i64,
    /// Its kind.
    pub kind: String,
    /// The content it is about, or the goal, or the page.
    pub about: String,
    /// The placement.
    pub placement: String,
    /// The SDK path it came by.
    pub path: String,
}

/// Everything the live page shows of what was accepted since the process started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Since when, ms since 1970.
    pub since_ms: i64,
    /// SDK starts that sent something.
    pub starts: u64,
    /// Sums over everything.
    pub total: Sums,
    /// What is missing, by reason; reasons with none are left out.
    pub losses: Vec<Loss>,
    /// By SDK path.
    pub paths: Vec<Part>,
    /// By placement.
    pub placements: Vec<Part>,
    /// The last events, newest first.
    pub recent: Vec<Recent>,
}
