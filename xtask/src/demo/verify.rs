//! What must be in the fact table once the real data went through: the numbers of the data, and nothing else.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::stage::Stage;
use crate::steps;

/// Clicks of each policy and campaign; each has 10,000 impressions (examples/data/README.md).
const CLICKS: [(&str, &str, i64); 6] = [
    ("random", "recs-all", 38),
    ("random", "recs-men", 46),
    ("random", "recs-women", 46),
    ("bts", "recs-all", 42),
    ("bts", "recs-men", 69),
    ("bts", "recs-women", 46),
];
const IMPRESSIONS_OF_EACH: i64 = 10_000;

/// The totals of the closing line.
pub(super) struct Totals {
    pub(super) impressions: i64,
    pub(super) clicks: i64,
    pub(super) lost: i64,
    pub(super) duplicated: i64,
}

/// Everything that the run said about itself, to be held against the lake.
pub(super) struct Run {
    /// Events that the SDK took.
    pub(super) captured: i64,
    /// Requests that reached the proxy, those it passed on twice, those it failed.
    pub(super) requests: i64,
    pub(super) duplicated: i64,
    pub(super) failed: i64,
}

/// Compares the lake with the data and the run. Every difference is said before it fails.
pub(super) fn verify(stage: &Stage, run: &Run) -> Result<Totals> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    let by_log = query(stage, BY_LOG)?;
    println!(
        "\n{:<8} {:<12} {:>11} {:>7}",
        "policy", "placement", "impressions", "clicks"
    );
    for (policy, placement, clicks) in CLICKS {
        let row = by_log
            .iter()
            .find(|row| row["variant"] == policy && row["placement_id"] == placement);
        let (shown, clicked) = row.map_or((0, 0), |row| {
            (number(row, "impressions"), number(row, "clicks"))
        });
        println!("{policy:<8} {placement:<12} {shown:>11} {clicked:>7}");
        must(
            shown == IMPRESSIONS_OF_EACH,
            format!("{policy} {placement}: {shown} impressions, not {IMPRESSIONS_OF_EACH}"),
        );
        must(
            clicked == clicks,
            format!("{policy} {placement}: {clicked} clicks, not {clicks}"),
        );
    }
    must(
        by_log.len() == CLICKS.len(),
        format!(
            "{} groups in the fact table, not {}",
            by_log.len(),
            CLICKS.len()
        ),
    );
    let facts = query_one(stage, FACTS)?;
    let events = query_one(stage, EVENTS)?;
    let instances = query_one(stage, INSTANCES)?;
    let (read, kept) = (number(&events, "events"), number(&events, "kept"));
    let missing = (run.captured - read).max(number(&instances, "lost"));
    let totals = Totals {
        impressions: number(&facts, "impressions"),
        clicks: number(&facts, "clicks"),
        lost: missing,
        duplicated: (read - kept) + (number(&facts, "impressions") - number(&facts, "kept")),
    };
    let starts = number(&instances, "instances");
    println!(
        "SDK starts {starts}, events {read} of {} captured",
        run.captured
    );
    must(
        read == run.captured,
        format!("{read} events in the lake, {} captured", run.captured),
    );
    must(totals.lost == 0, format!("{} events lost", totals.lost));
    must(
        totals.duplicated == 0,
        format!("{} rows stand twice", totals.duplicated),
    );
    must(
        starts >= 200,
        format!("{starts} SDK starts, fewer than 200"),
    );
    must(
        number(&instances, "most_renders") <= 500,
        "an SDK start has more than 500 renders".to_owned(),
    );
    let share = |part: i64| part * 100 / run.requests.max(1);
    println!(
        "requests {}: {} sent twice, {} failed",
        run.requests, run.duplicated, run.failed
    );
    must(
        share(run.duplicated) >= 2,
        format!(
            "only {} of {} requests were duplicated",
            run.duplicated, run.requests
        ),
    );
    must(
        share(run.failed) >= 5,
        format!(
            "only {} of {} requests were failed",
            run.failed, run.requests
        ),
    );
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(totals)
}

const BY_LOG: &str = "SELECT variant, placement_id, COUNT(*) AS impressions, SUM(clicks) AS clicks \
    FROM fct_impression WHERE rendered_ms IS NOT NULL GROUP BY variant, placement_id";
const FACTS: &str = "SELECT COUNT(*) AS impressions, SUM(clicks) AS clicks, \
    (SELECT COUNT(*) FROM (SELECT DISTINCT inst, imp FROM fct_impression)) AS kept FROM fct_impression";
const EVENTS: &str = "SELECT COUNT(*) AS events, \
    (SELECT COUNT(*) FROM (SELECT DISTINCT inst, seq FROM events)) AS kept FROM events";
const INSTANCES: &str =
    "SELECT COUNT(*) AS instances, SUM(lost) AS lost, MAX(renders) AS most_renders FROM instances";

fn query_one(stage: &Stage, sql: &str) -> Result<Value> {
    query(stage, sql)?
        .into_iter()
        .next()
        .with_context(|| format!("no row for: {sql}"))
}

/// The rows of a query, asked as any analyst would.
fn query(stage: &Stage, sql: &str) -> Result<Vec<Value>> {
    let output = steps::output(stage.eyeline("query").args(["--json", sql]))?;
    output
        .lines()
        .map(|line| serde_json::from_str(line).context("the query did not answer in JSON"))
        .collect()
}

/// An integer of a row or of a summary; 0 where it is absent or null.
pub(super) fn number(row: &Value, field: &str) -> i64 {
    row[field].as_i64().unwrap_or(0)
}
