//! `eyeline erase`: carries out an erasure request.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::load::{Reach, loader};
use crate::Setting;

/// Erase one visitor of one affiliate from the lake, for good
///
/// Events of theirs that arrive later are dropped too. The lake's old files are deleted by the first load six hours later; raw files
/// hold them until they expire (at most 30 days).
#[derive(Args)]
pub(crate) struct Erase {
    /// The affiliate
    #[arg(long)]
    affiliate: String,
    /// The visitor's id as the SDK made it (anon)
    #[arg(long)]
    anon: String,
}

impl Erase {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let loader = loader(setting, Reach::default())?;
        let report = loader
            .erase(&self.affiliate, &self.anon)
            .await
            .context("not erased; run the command again")?;
        setting.console.say(
            format_args!("erased, as of commit {}", report.version),
            &json!({"erased": report}),
        );
        Ok(())
    }
}
