//! The warehouse at the end of the demo over AWS: Redshift by our own peer, over a PostgreSQL of its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::stage::text;
use super::verify::{Totals, number};
use crate::process::Process;
use crate::tools;

/// Redshift, running.
pub(super) struct Warehouse {
    redshift: Process,
    url: String,
}

/// Any workgroup, database and role do: the peer does not authenticate.
const ADDRESS: &str =
    "redshift-serverless://demo/analytics?role=arn:aws:iam::123456789012:role/copy";
/// What goes wrong at the Data API all the time.
const FAULTS: &str = r#"{"throttle_every":11,"lose_every":13}"#;
/// Asked of PostgreSQL itself, past everything that is ours.
const COUNT: &str =
    "SELECT COUNT(*) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks FROM fct_impression";

impl Warehouse {
    /// Starts it; COPY reads this bucket, which `seen_by` lets a command use.
    pub(super) fn start(
        binaries: &Path,
        bucket: &str,
        seen_by: impl FnOnce(&mut Command),
    ) -> Result<Self> {
        tools::postgres()?;
        let mut redshift = Command::new(binaries.join("eyeline-redshift-sim"));
        redshift.args(["--bucket", &format!("s3://{bucket}"), "--faults", FAULTS]);
        redshift.args(["--at-end", COUNT]);
        seen_by(&mut redshift);
        let mut redshift = Process::start("Redshift", &mut redshift)?;
        let url = text(&redshift.await_object("listening")?["listening"]);
        Ok(Self { redshift, url })
    }

    /// Has `eyeline load` take the lake over into it.
    pub(super) fn loaded_by(&self, load: &mut Command) {
        load.args(["--warehouse", ADDRESS]);
        load.env("AWS_ENDPOINT_URL_REDSHIFT_DATA", &self.url);
    }

    /// Ends it; fails where it holds other impressions or clicks than the lake.
    pub(super) fn verify(mut self, lake: &Totals) -> Result<()> {
        self.redshift.ask_to_stop()?;
        let counted = self.redshift.await_object("at_end")?["at_end"].take();
        let (impressions, clicks) = (number(&counted, "impressions"), number(&counted, "clicks"));
        println!("warehouse: {impressions} impressions, {clicks} clicks in PostgreSQL");
        ensure!(
            (impressions, clicks) == (lake.impressions, lake.clicks),
            "the warehouse has {impressions} impressions and {clicks} clicks, the lake {} and {}",
            lake.impressions,
            lake.clicks
        );
        Ok(())
    }
}
