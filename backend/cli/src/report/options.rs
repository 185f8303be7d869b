//! What a report covers, and the choices an analyst may make.

use std::collections::BTreeMap;

use eyeline_core::UnixMillis;

/// What to report on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// When the report is made; printed on it.
    pub generated_at: UnixMillis,
    /// The lake's commit the numbers stand for; printed on the report.
    pub commit: Option<u64>,
    /// The days to cover; all of them by default.
    pub window: Window,
    /// The variant others are compared with. By default `control`, else the variant with most exploration.
    pub control: Option<String>,
    /// Intended share of each variant. By default every variant gets the same.
    pub expected_split: BTreeMap<String, f64>,
    /// What in this lake was not measured but generated, such as `dwell` in a demo. Each is labelled on the pages.
    pub synthetic: Vec<String>,
}

impl Options {
    /// A report of everything, as of `generated_at`.
    #[must_use]
    pub fn new(generated_at: UnixMillis) -> Self {
        Self {
            generated_at,
            commit: None,
            window: Window::default(),
            control: None,
            expected_split: BTreeMap::new(),
            synthetic: Vec::new(),
        }
    }
}

/// Event days from `first` to `last`, both included, as `YYYY-MM-DD` in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Window {
    /// The first day, or the lake's first.
    pub first: Option<String>,
    /// The last day, or the lake's last.
    pub last: Option<String>,
}
