//! Analyst reports: query the lake, put an interval on every rate, and print one page that works offline.
//!
//! [`build`] runs the SQL files of `backend/sql/reports` and returns a [`Report`]. A report is plain data:
//! [`Report::html`] prints it as one self-contained file, [`Report::json`] gives machines the same numbers.
//! [`router`] serves it live and renews it at each new commit.

mod build;
mod calendar;
mod cells;
mod charts;
mod error;
#[cfg(test)]
mod fixture;
mod html;
mod live;
mod model;
mod options;
mod pages;
mod rows;
mod stats;
mod view;

pub use build::build;
pub use error::ReportError;
pub use live::{Counts, Feeds, Live, Loaded, Snapshot, router};
pub use model::{Block, Cell, Chart, Column, Figure, Page, Report, Row, Table, Tone, Verdict};
pub use options::{Options, Window};

#[cfg(test)]
mod golden_test;
#[cfg(test)]
mod live_test;
