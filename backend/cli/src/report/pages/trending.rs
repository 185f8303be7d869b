//! Trending: which contents take a larger part of the attention today than in the days before.

use super::Scope;
use crate::report::cells::{estimate, grouped, hidden, name, rate, table};
use crate::report::charts::{Point, Unit, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Tone, Verdict};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, Interval, rate_ratio};

const TRENDING: Query = query!("trending.sql");

struct Content {
    id: String,
    viewed_now: u64,
    viewed_before: u64,
    clicked_now: Counted,
}

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let contents = read(scope).await?;
    let now: u64 = contents.iter().map(|content| content.viewed_now).sum();
    let before: u64 = contents.iter().map(|content| content.viewed_before).sum();
    let mut trends: Vec<(&Content, Option<Interval>)> = contents
        .iter()
        .map(|content| {
            let enough = content.viewed_now.min(content.viewed_before) >= MIN_VIEWS;
            let trend = rate_ratio(
                Counted::new(content.viewed_now, now),
                Counted::new(content.viewed_before, before),
            );
            (content, trend.filter(|_| enough))
        })
        .collect();
    let low = |trend: &Option<Interval>| trend.map_or(f64::MIN, |trend| trend.low);
    trends.sort_by(|a, b| {
        low(&b.1)
            .total_cmp(&low(&a.1))
            .then_with(|| a.0.id.cmp(&b.0.id))
    });
    let points: Vec<Point> = trends
        .iter()
        .take(MOST_DRAWN)
        .filter_map(|(content, trend)| {
            let basis = format!("{} views today", grouped(content.viewed_now));
            Some(Point {
                label: content.id.clone(),
                basis,
                interval: (*trend)?,
                series: 0,
            })
        })
        .collect();
    let mut blocks = vec![Block::Verdict(verdict(&trends))];
    let caption = "Part of all viewable impressions in the last 24 hours over the part in the 6 days before; 1 is no change. 95 % log intervals (Katz), highest lower end first.";
    blocks.extend(forest(
        "Rising",
        caption,
        Unit::Plain,
        "share today / share before",
        Some(1.0),
        &points,
    )?);
    let rows = trends
        .iter()
        .map(|(content, trend)| {
            vec![
                Cell::text(&content.id),
                Cell::Count(content.viewed_now),
                Cell::Count(content.viewed_before),
                if trend.is_some() {
                    estimate(*trend)
                } else {
                    hidden(MIN_VIEWS, "views in either time")
                },
                Cell::Count(content.clicked_now.hits),
                rate(content.clicked_now, "impressions"),
            ]
        })
        .collect();
    let columns = [
        ("content", "Content"),
        ("views_now", "Viewable impressions, last 24 h"),
        ("views_before", "Viewable impressions, 6 days before"),
        ("trend", "Share today / share before [95 %]"),
        ("clicks_now", "Clicks, last 24 h"),
        ("click_rate_now", "Click rate, last 24 h, % [95 %]"),
    ];
    blocks.push(Block::Table(table(
        "trending",
        "Contents by trend",
        &columns,
        rows,
    )));
    blocks.push(Block::Note(format!(
        "Shares, not counts: a busy day alone makes nothing trend. Where a model chooses what is shown, a rise may be the model's doing. Hidden below {MIN_VIEWS} views in either time."
    )));
    Ok(Page {
        id: "trending",
        title: "Trending",
        lead: "Which contents take a larger part of the attention in the last 24 hours of data than in the 6 days before.".to_owned(),
        blocks,
    })
}

fn verdict(trends: &[(&Content, Option<Interval>)]) -> Verdict {
    let judged = trends.iter().filter(|trend| trend.1.is_some()).count();
    let rising = trends
        .iter()
        .filter(|trend| trend.1.is_some_and(|trend| trend.low > 1.0))
        .count();
    if judged == 0 {
        return Verdict {
            tone: Tone::Undecided,
            headline: "Trends: not decided".to_owned(),
            detail: format!(
                "No content has {MIN_VIEWS} views both in the last 24 hours and in the 6 days before."
            ),
        };
    }
    let chance = 0.025 * judged as f64;
    let detail = format!(
        "{rising} of {judged} contents rise with their whole interval; by chance alone about {chance:.0} would."
    );
    if rising as f64 <= 2.0 * chance {
        return Verdict {
            tone: Tone::Undecided,
            headline: "No more rises than chance brings".to_owned(),
            detail,
        };
    }
    Verdict {
        tone: Tone::Good,
        headline: format!("{rising} contents are rising"),
        detail,
    }
}

/// Views are viewable impressions; where nothing was measurable, all impressions.
async fn read(scope: Scope<'_>) -> Result<Vec<Content>, ReportError> {
    let rows = TRENDING.run(scope.ctx).await?;
    let mut measured = 0;
    for row in &rows {
        measured += row.count("viewables_now")? + row.count("viewables_before")?;
    }
    let (now, before) = if measured > 0 {
        ("viewables_now", "viewables_before")
    } else {
        ("impressions_now", "impressions_before")
    };
    let mut contents = Vec::with_capacity(rows.len());
    for row in &rows {
        contents.push(Content {
            id: name(row.text("content_id")?),
            viewed_now: row.count(now)?,
            viewed_before: row.count(before)?,
            clicked_now: Counted::new(row.count("clicks_now")?, row.count("impressions_now")?),
        });
    }
    Ok(contents)
}

/// Below this many views the log interval is too rough to show.
const MIN_VIEWS: u64 = 20;
/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 15;
