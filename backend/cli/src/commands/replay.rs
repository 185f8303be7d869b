//! `eyeline replay`: real data through the SDK.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use eyeline_cli::ClockFile;
use eyeline_cli::replay::{self, Outcome};
use serde_json::json;

use crate::Setting;

/// Send a log of real impressions through the SDK
///
/// The log has no visitors, visible time or viewability: those are drawn by a seeded generator, and every batch says so
/// (dimension overlay=synthetic). Impressions, positions, propensities and clicks are the data's own.
#[derive(Args)]
pub(crate) struct Replay {
    /// The log, in the form of examples/data/open-bandit.csv.gz
    #[arg(long, default_value = "examples/data/open-bandit.csv.gz")]
    log: PathBuf,
    /// The collector's address
    #[arg(
        long,
        default_value = "http://127.0.0.1:8080",
        env = "EYELINE_COLLECTOR"
    )]
    to: String,
    /// The write key [default: the first in the data folder's keys.json]
    #[arg(long, env = "EYELINE_WRITE_KEY")]
    key: Option<String>,
    /// Replay only the first rows
    #[arg(long)]
    first: Option<usize>,
    /// Renders of one SDK start, at most
    #[arg(long, default_value_t = 250)]
    renders: usize,
}

impl Replay {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let mut rows = replay::read(&self.log)?;
        rows.truncate(self.first.unwrap_or(rows.len()));
        let key = match self.key {
            Some(key) => key,
            None => {
                let first = setting.place.first_key()?;
                let wanted = replay::affiliates(&rows);
                let missing = wanted.iter().find(|name| !first.affiliates.contains(name));
                ensure!(
                    missing.is_none(),
                    "the first key of {} may not send for {}: add the affiliates {} to it",
                    setting.place.keys().display(),
                    missing.map_or("", |name| name),
                    wanted.join(", ")
                );
                first.key
            }
        };
        let clock_file = setting
            .clock_option
            .file()
            .map(ClockFile::open)
            .transpose()
            .context("cannot move the stepped clock")?;
        // Each run is new people: what an earlier one left on their devices is not sent again.
        let devices =
            tempfile::tempdir().context("cannot make a folder for the visitors' devices")?;
        let replay = replay::Replay {
            rows,
            collector: self.to,
            key,
            renders: self.renders,
            end: eyeline_cli::Clock::system().now().as_i64(),
            clock_file,
            directory: devices.path().to_owned(),
        };
        let console = setting.console;
        let outcome = tokio::task::spawn_blocking(move || replay.run(console)).await??;
        let Outcome {
            renders,
            clicks,
            instances,
            captured,
            delivered,
            queued,
            lost,
        } = outcome;
        console.say(
            format_args!(
                "sent {renders} impressions and {clicks} clicks from {instances} SDK starts: {captured} events captured, {delivered} delivered, {lost} lost"
            ),
            &json!({"replay": {"renders": renders, "clicks": clicks, "instances": instances, "captured": captured,
                "delivered": delivered, "queued": queued, "lost": lost}}),
        );
        Ok(())
    }
}
