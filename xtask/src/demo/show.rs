//! `cargo xtask demo`: one process with everything in it, the real data through it, then the media page and the dashboard to look at.

use std::process::Command;

use anyhow::Result;

use super::stage::{DOOR, Stage, text};
use crate::process::Process;
use crate::{steps, web};

/// Runs the demo and stays until Ctrl-C.
///
/// # Errors
/// Where a part does not start or ends early.
pub(crate) fn show() -> Result<()> {
    let stage = Stage::build()?;
    web_sdk();
    let dashboard = replay(&stage)?;
    steps::run(stage.eyeline("load").args(["--once", "--list-all"]))?;
    println!("\nwhat visitors saw, by policy and placement");
    steps::run(stage.eyeline("query").arg(HEADLINE))?;

    // The replay's clock stands still now; who looks at the media page lives in the present.
    let mut command = stage.eyeline_today("up");
    let up = start(&mut command, &dashboard, &["--rotate-after", "2s"])?;
    println!("\nmedia page:  {}", text(&up.said["site"]));
    if up.said["sdk"].is_null() {
        println!(
            "             nothing is measured on it yet: `cargo xtask web` builds the web SDK, then run the demo again"
        );
    }
    println!("dashboard:   {}", text(&up.said["dashboard"]));
    println!("data:        {}", stage.folder().display());
    println!("Ctrl-C ends it.");
    up.process.wait()
}

/// Builds the web SDK for the media page, unless it is built. The demo goes on without it, and says so.
fn web_sdk() {
    if web::is_built() {
        return;
    }
    println!("building the web SDK for the media page");
    if let Err(error) = web::run(web::Differences::Say) {
        println!("the web SDK: {error:#}");
    }
}

/// Sends the real data through the system on the replay's clock, with faults on the way. Gives the dashboard's address.
fn replay(stage: &Stage) -> Result<String> {
    let mut command = stage.eyeline("up");
    command.args(["--list-all", "--no-site"]);
    let up = start(&mut command, "http://127.0.0.1:0", &DOOR)?;
    let (collector, dashboard) = (text(&up.said["listening"]), text(&up.said["dashboard"]));
    println!("collector {collector}, report {dashboard}");
    let proxy = stage.fault_proxy(&collector)?;
    steps::run(stage.eyeline("replay").args(["--to", &proxy.address]))?;
    let counts = proxy.counts()?;
    println!(
        "on the way the proxy sent {} of {} requests twice and failed {}",
        counts["duplicated"], counts["requests"], counts["failed"]
    );
    up.process.stop()?;
    Ok(dashboard)
}

/// `eyeline up`, and what it said once it listened.
struct Up {
    process: Process,
    said: serde_json::Value,
}

fn start(command: &mut Command, dashboard: &str, more: &[&str]) -> Result<Up> {
    let dashboard = dashboard.trim_start_matches("http://");
    command.args([
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--every",
        "2s",
        "--dashboard",
        dashboard,
    ]);
    let mut process = Process::start("eyeline up", command.args(more))?;
    let said = process.await_object("listening")?;
    Ok(Up { process, said })
}

/// Visible time and viewability are drawn by the replay; impressions and clicks are the data's.
const HEADLINE: &str = "SELECT variant, placement_id, COUNT(*) AS impressions, SUM(clicks) AS clicks, \
    ROUND(100.0 * SUM(clicks) / COUNT(*), 3) AS ctr_percent, \
    ROUND(100.0 * SUM(viewable) / SUM(measurable), 1) AS viewable_percent_synthetic \
    FROM fct_impression WHERE rendered_ms IS NOT NULL GROUP BY variant, placement_id ORDER BY placement_id, variant";
