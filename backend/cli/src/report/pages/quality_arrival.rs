//! Lateness, clocks and consent: how events came, and what their senders agreed to.

use super::Scope;
use crate::report::cells::{grouped, name, share, table, tenths};
use crate::report::charts::bars;
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell};
use crate::report::rows::{Query, query};
use crate::report::stats::Counted;

const LATENESS: Query = query!("quality_lateness.sql");
const CLOCK: Query = query!("quality_clock.sql");
const CONSENT: Query = query!("quality_consent.sql");

/// The query's buckets, in words.
const LATE: [&str; 7] = [
    "under 10 s",
    "10 s to 1 min",
    "1 to 10 min",
    "10 min to 1 h",
    "1 h to 1 day",
    "1 to 3 days",
    "3 days or more",
];
/// The query's buckets, in words; the first has no clock to compare.
const SKEW: [&str; 6] = [
    "not known",
    "under 1 s",
    "1 s to 1 min",
    "1 min to 1 h",
    "1 h to 24 h",
    "24 h or more",
];

pub(super) async fn blocks(scope: Scope<'_>) -> Result<Vec<Block>, ReportError> {
    let mut blocks = Vec::from_iter(lateness(scope).await?);
    blocks.extend(clocks(scope).await?);
    blocks.extend(consent(scope).await?);
    Ok(blocks)
}

async fn lateness(scope: Scope<'_>) -> Result<Option<Block>, ReportError> {
    let mut late = [0; LATE.len()];
    for row in LATENESS.run(scope.ctx).await? {
        if let Some(slot) = slot(row.whole("bucket")?, 1).and_then(|at| late.get_mut(at)) {
            *slot = row.count("events")?;
        }
    }
    let all = late.iter().sum::<u64>();
    if all == 0 {
        return Ok(None);
    }
    let rows: Vec<_> = LATE
        .iter()
        .zip(late)
        .map(|(words, n)| {
            let part = Counted::new(n, all).rate();
            (
                (*words).to_owned(),
                part,
                format!("{} ({})", tenths(part), grouped(n)),
            )
        })
        .collect();
    let caption = "Time from an event to its arrival at the collector, share of all events kept (events). Hours are final after 72 h; what comes later is counted apart.";
    bars("Lateness", caption, &rows)
}

async fn clocks(scope: Scope<'_>) -> Result<Vec<Block>, ReportError> {
    let answers = CLOCK.run(scope.ctx).await?;
    let mut all = 0;
    for row in &answers {
        all += row.count("events")?;
    }
    let mut rows = Vec::new();
    for row in &answers {
        let words = slot(row.whole("bucket")?, 0)
            .and_then(|at| SKEW.get(at))
            .unwrap_or(&"other");
        let events = row.count("events")?;
        rows.push(vec![
            Cell::text(*words),
            Cell::Count(events),
            share(Counted::new(events, all)),
            Cell::Count(row.count("instances")?),
            Cell::Count(row.count("mono")?),
            Cell::Count(row.count("flagged")?),
        ]);
    }
    let columns = [
        ("skew", "Clock skew"),
        ("events", "Events"),
        ("share", "Share, % [95 %]"),
        ("instances", "App starts"),
        ("mono", "Timed without the wall clock, events"),
        ("flagged", "Flagged (over 24 h), events"),
    ];
    Ok(vec![Block::Table(table(
        "clock_skew",
        "How far senders' clocks were from the collector's",
        &columns,
        rows,
    ))])
}

async fn consent(scope: Scope<'_>) -> Result<Vec<Block>, ReportError> {
    let answers = CONSENT.run(scope.ctx).await?;
    let mut counted = Vec::new();
    for row in &answers {
        counted.push((
            name(row.text("consent_mode")?),
            row.count("impressions")?,
            row.count("instances")?,
        ));
    }
    let all = counted.iter().map(|row| row.1).sum();
    let rows = counted
        .into_iter()
        .map(|(mode, n, instances)| {
            vec![
                Cell::text(mode),
                Cell::Count(n),
                share(Counted::new(n, all)),
                Cell::Count(instances),
            ]
        })
        .collect();
    let columns = [
        ("consent", "Consent"),
        ("impressions", "Impressions"),
        ("share", "Share, % [95 %]"),
        ("instances", "App starts"),
    ];
    Ok(vec![Block::Table(table(
        "consent",
        "Consent of measured impressions (measure: no visitor identity)",
        &columns,
        rows,
    ))])
}

fn slot(bucket: Option<i64>, first: i64) -> Option<usize> {
    usize::try_from(bucket? - first).ok()
}
