//! `eyeline report`: the analysts' report, as one HTML file or as JSON.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use eyeline_cli::report::{self, Options};
use eyeline_loader::{Lake, LakeReader};
use serde_json::json;

use crate::Setting;

/// Write the report: data quality, content, placements, affiliates, experiments
#[derive(Args)]
pub(crate) struct Report {
    /// The HTML file to write
    #[arg(long, default_value = "report.html")]
    out: PathBuf,
    /// The first day to cover, YYYY-MM-DD in UTC [default: the lake's first]
    #[arg(long)]
    from: Option<String>,
    /// The last day to cover [default: the lake's last]
    #[arg(long)]
    to: Option<String>,
    /// The variant others are compared with
    #[arg(long)]
    control: Option<String>,
}

impl Report {
    #[expect(clippy::print_stdout, reason = "the report is the command's output")]
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let lake = Lake::open(&setting.place.lake()).context("cannot open the lake")?;
        let reader = LakeReader::open(&lake).await?;
        let mut options = Options::new(setting.clock.now());
        options.window.first = self.from;
        options.window.last = self.to;
        options.control = self.control;
        options.commit = Some(reader.snapshot().version);
        let report = report::build(reader.context(), &options).await?;
        if setting.console.is_json() {
            println!("{}", report.json()?);
            return Ok(());
        }
        std::fs::write(&self.out, report.html()?)
            .with_context(|| format!("cannot write {}", self.out.display()))?;
        setting
            .console
            .say(format_args!("report: {}", self.out.display()), &json!({}));
        Ok(())
    }
}
