//! The replay: sends a log of real impressions through the SDK, as the visitors' apps would have.

mod agenda;
mod data;
mod drive;
mod overlay;
mod plan;
mod visitor;

use std::path::PathBuf;

use anyhow::{Context, Result};

pub use data::{Row, read, read_from};
pub use drive::Outcome;

use crate::clock::ClockFile;
use crate::console::Console;
use drive::{Drive, clock_at};
use visitor::Network;

/// What to replay, and where to.
#[derive(Debug)]
pub struct Replay {
    /// The log, in order of time.
    pub rows: Vec<Row>,
    /// The collector's address, `http://host:port`.
    pub collector: String,
    /// A write key that may send for the affiliates of [`affiliates`].
    pub key: String,
    /// Renders of one SDK start, at most.
    pub renders: usize,
    /// The present: the log is shifted by whole hours so that it ends just before.
    pub end: i64,
    /// The clock that other processes follow; without one, the collector takes everything as happening now.
    pub clock_file: Option<ClockFile>,
    /// Where the visitors' apps keep their events.
    pub directory: PathBuf,
}

impl Replay {
    /// Replays to the end, and on until every queue is empty.
    ///
    /// # Errors
    /// Where the SDK refuses something, or events are still queued a day after the last.
    pub fn run(mut self, console: Console) -> Result<Outcome> {
        let last = self.rows.last().context("a log holds a row")?.timestamp_ms;
        let shift = (self.end - last).div_euclid(HOUR_MS) * HOUR_MS;
        self.rows
            .iter_mut()
            .for_each(|row| row.timestamp_ms += shift);
        let start = self.rows[0].timestamp_ms;
        if let Some(file) = &self.clock_file {
            file.show(start)?;
        }
        let network = Network {
            collector: self.collector,
            key: self.key,
            clock: clock_at(start),
        };
        // One thread for all visitors: a step that touches six of them is then six polls and no switch of threads.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut progress = console.progress("replay", self.rows.len() as u64);
        let drive = || {
            Drive::new(
                &self.rows,
                self.renders,
                network,
                self.clock_file,
                self.directory,
            )
        };
        let outcome = runtime.block_on(async { drive().run(&mut progress).await })?;
        progress.finish();
        Ok(outcome)
    }
}

/// The affiliates that a replay of these rows sends for.
#[must_use]
pub fn affiliates(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<_> = rows
        .iter()
        .map(|row| visitor::affiliate(&row.campaign))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Whole hours, so that the hours of the report are those of the data.
const HOUR_MS: i64 = 3_600_000;
