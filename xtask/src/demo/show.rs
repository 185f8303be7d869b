//! `cargo xtask demo`: one process with everything in it, the real data through it, and the report to look at.

use anyhow::Result;

use super::process::Process;
use super::stage::{DOOR, Stage, text};
use crate::steps;

/// Runs the demo and stays until Ctrl-C.
///
/// # Errors
/// Where a part does not start or ends early.
pub(crate) fn show() -> Result<()> {
    let stage = Stage::build()?;
    let mut command = stage.eyeline("up");
    command.args([
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--dashboard",
        "127.0.0.1:0",
        "--every",
        "2s",
        "--list-all",
    ]);
    let mut up = Process::start("eyeline up", command.args(DOOR))?;
    let said = up.await_object("listening")?;
    let (collector, dashboard) = (text(&said["listening"]), text(&said["dashboard"]));
    println!("collector {collector}, report {dashboard}");
    let proxy = stage.fault_proxy(&collector)?;
    steps::run(stage.eyeline("replay").args(["--to", &proxy.address]))?;
    let counts = proxy.counts()?;
    println!(
        "on the way the proxy sent {} of {} requests twice and failed {}",
        counts["duplicated"], counts["requests"], counts["failed"]
    );
    steps::run(stage.eyeline("load").args(["--once", "--list-all"]))?;
    println!("\nwhat visitors saw, by policy and placement");
    steps::run(stage.eyeline("query").arg(HEADLINE))?;
    println!("\nreport:   {dashboard}");
    println!("data:     {}", stage.folder().display());
    println!("Ctrl-C ends it.");
    up.wait()
}

/// Visible time and viewability are drawn by the replay; impressions and clicks are the data's.
const HEADLINE: &str = "SELECT variant, placement_id, COUNT(*) AS impressions, SUM(clicks) AS clicks, \
    ROUND(100.0 * SUM(clicks) / COUNT(*), 3) AS ctr_percent, \
    ROUND(100.0 * SUM(viewable) / SUM(measurable), 1) AS viewable_percent_synthetic \
    FROM fct_impression WHERE rendered_ms IS NOT NULL GROUP BY variant, placement_id ORDER BY placement_id, variant";
