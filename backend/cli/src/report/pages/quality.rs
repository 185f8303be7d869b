//! Data quality and loss: whether the other pages can be trusted.

use super::quality_loss::{self, Loss};
use super::{Scope, quality_arrival};
use crate::report::cells::{figure, grouped, percent, share, table};
use crate::report::charts::hours;
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Tone, Verdict};
use crate::report::rows::{Answer, Query, query};
use crate::report::stats::Counted;

const LOADS: Query = query!("quality_loads.sql");
const REJECTS: Query = query!("quality_rejects.sql");
const TRAFFIC: Query = query!("traffic_hour.sql");

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let losses = quality_loss::read(scope.ctx).await?;
    let total = Loss::total(&losses);
    let mut blocks = Vec::new();
    if let Some(loads) = LOADS.run(scope.ctx).await?.first() {
        blocks.extend(arrived(loads, &total)?);
    }
    blocks.extend(traffic(scope).await?);
    blocks.extend(quality_loss::blocks(&losses)?);
    blocks.extend(rejects(scope).await?);
    blocks.extend(quality_arrival::blocks(scope).await?);
    Ok(Page {
        id: "quality",
        title: "Data quality",
        lead: "What arrived, what did not, and why. Every event carries a number that counts up within its app start, so what is missing shows as a gap; \
               what an app start lost after its last delivery shows once the next start reports it."
            .to_owned(),
        blocks,
    })
}

fn arrived(loads: &Answer, total: &Loss) -> Result<Vec<Block>, ReportError> {
    let [read, written, duplicate, rejected] = [
        loads.count("events_read")?,
        loads.count("events_written")?,
        loads.count("events_duplicate")?,
        loads.count("events_rejected")?,
    ];
    let commits = loads.count("commits")?;
    let of_read = |n: u64| share_note(n, read);
    let figures = vec![
        figure(
            "Events received",
            Cell::Count(read),
            format!("loads: {}", grouped(commits)),
        ),
        figure("Kept", Cell::Count(written), of_read(written)),
        figure(
            "Duplicates dropped",
            Cell::Count(duplicate),
            of_read(duplicate),
        ),
        figure("Rejected", Cell::Count(rejected), of_read(rejected)),
        figure(
            "Lost on the way",
            Cell::Count(total.lost),
            share_note(total.lost, total.expected),
        ),
        figure(
            "Tail unknown",
            Cell::Count(total.tails_unknown()),
            format!("of {} app starts", grouped(total.instances)),
        ),
    ];
    let balanced = read == written + duplicate + rejected;
    let verdict = if balanced {
        Verdict {
            tone: Tone::Good,
            headline: "Every event read is accounted for".to_owned(),
            detail: format!(
                "{} read = {} kept + {} duplicates + {} rejected.",
                grouped(read),
                grouped(written),
                grouped(duplicate),
                grouped(rejected)
            ),
        }
    } else {
        Verdict {
            tone: Tone::Bad,
            headline: "The loads do not add up".to_owned(),
            detail: format!(
                "{} events were read, {} are accounted for.",
                grouped(read),
                grouped(written + duplicate + rejected)
            ),
        }
    };
    Ok(vec![Block::Figures(figures), Block::Verdict(verdict)])
}

fn share_note(part: u64, whole: u64) -> String {
    if whole == 0 {
        "of none".to_owned()
    } else {
        format!(
            "{} of {}",
            percent(Counted::new(part, whole).rate()),
            grouped(whole)
        )
    }
}

async fn traffic(scope: Scope<'_>) -> Result<Option<Block>, ReportError> {
    let rows = TRAFFIC.run(scope.ctx).await?;
    let mut counts = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(hour) = row.whole("event_hour")? {
            counts.push((hour, row.count("impressions")?));
        }
    }
    let caption = "Impressions an hour, by the hour they were rendered in (UTC). Invalid traffic is left out. A hole or a cliff here is worth a look before anything else.";
    hours("Impressions by hour", caption, &counts)
}

async fn rejects(scope: Scope<'_>) -> Result<Vec<Block>, ReportError> {
    let rows = REJECTS.run(scope.ctx).await?;
    let mut counted = Vec::new();
    for row in &rows {
        counted.push((row.text("why")?.unwrap_or_default(), row.count("rejected")?));
    }
    if counted.is_empty() {
        return Ok(vec![Block::Note(
            "No event was rejected in the last 30 days.".to_owned(),
        )]);
    }
    let all = counted.iter().map(|row| row.1).sum();
    let rows = counted
        .into_iter()
        .map(|(why, n)| vec![Cell::text(why), Cell::Count(n), share(Counted::new(n, all))])
        .collect();
    let columns = [
        ("why", "Reason"),
        ("rejected", "Rejected events"),
        ("share", "Share of rejected, % [95 %]"),
    ];
    Ok(vec![Block::Table(table(
        "rejects",
        "Rejected events by reason, kept for 30 days",
        &columns,
        rows,
    ))])
}
