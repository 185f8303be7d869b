//! Related content: what the same visitors see more often than chance would have it.

use super::Scope;
use crate::report::cells::{estimate, grouped, name, table};
use crate::report::charts::{Point, Unit, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Tone, Verdict};
use crate::report::rows::{Query, query};
use crate::report::stats::{Interval, Together, lift};

const RELATED: Query = query!("related.sql");

struct Pair {
    affiliate: String,
    left: String,
    right: String,
    seen: Together,
    lift: Interval,
}

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let (pairs, tested) = read(scope).await?;
    let points: Vec<Point> = pairs
        .iter()
        .take(MOST_DRAWN)
        .map(|pair| Point {
            label: format!("{} + {}", pair.left, pair.right),
            basis: format!("{} visitors", grouped(pair.seen.both)),
            interval: pair.lift,
            series: 0,
        })
        .collect();
    let rows = pairs
        .iter()
        .map(|pair| {
            vec![
                Cell::text(&pair.affiliate),
                Cell::text(&pair.left),
                Cell::text(&pair.right),
                Cell::Count(pair.seen.both),
                Cell::Count(pair.seen.left),
                Cell::Count(pair.seen.right),
                estimate(Some(pair.lift)),
            ]
        })
        .collect();
    let columns = [
        ("affiliate", "Affiliate"),
        ("left", "Content"),
        ("right", "Seen with"),
        ("together", "Visitors of both"),
        ("left_visitors", "Visitors of the first"),
        ("right_visitors", "Visitors of the second"),
        ("lift", "Lift [95 %]"),
    ];
    let mut blocks = vec![Block::Verdict(verdict(&pairs, tested))];
    if !points.is_empty() {
        let caption = "Lift: visitors who viewed both, over what independent views would give; 1 is chance. 95 % log intervals, highest lower end first.";
        blocks.extend(forest(
            "Seen together",
            caption,
            Unit::Plain,
            "lift",
            Some(1.0),
            &points,
        )?);
        blocks.push(Block::Table(table(
            "related",
            "Pairs of contents",
            &columns,
            rows,
        )));
    }
    blocks.push(Block::Note(
        "Viewable impressions only, each affiliate by itself, because visitors are not known across affiliates. The 2,000 highest lifts are read. Pairs with fewer than 20 visitors are hidden. Visitors who viewed more than 200 contents stay out. \
         Being served together raises lift as much as liking together does."
            .to_owned(),
    ));
    Ok(Page {
        id: "related",
        title: "Related content",
        lead: "Which contents the same visitors view, beyond what their popularity explains."
            .to_owned(),
        blocks,
    })
}

fn verdict(pairs: &[Pair], tested: u64) -> Verdict {
    let above = pairs.iter().filter(|pair| pair.lift.low > 1.0).count();
    if pairs.is_empty() {
        return Verdict {
            tone: Tone::Undecided,
            headline: "Related content: not decided".to_owned(),
            detail: "No pair was viewed by 20 visitors.".to_owned(),
        };
    }
    let chance = 0.025 * tested as f64;
    let detail = format!(
        "{} of {} pairs lie above chance with their whole interval; by chance alone about {chance:.0} would.",
        grouped(above as u64),
        grouped(tested)
    );
    if above as f64 <= 2.0 * chance {
        return Verdict {
            tone: Tone::Undecided,
            headline: "No more related pairs than chance brings".to_owned(),
            detail,
        };
    }
    Verdict {
        tone: Tone::Good,
        headline: format!(
            "{} pairs are seen together more than by chance",
            grouped(above as u64)
        ),
        detail,
    }
}

/// Pairs by the lower end of their lift: what is surely related first.
/// Answers how many pairs were tested, too: only the highest lifts are read.
async fn read(scope: Scope<'_>) -> Result<(Vec<Pair>, u64), ReportError> {
    let (mut pairs, mut tested) = (Vec::new(), 0);
    for row in RELATED.run(scope.ctx).await? {
        tested = row.count("tested")?;
        let seen = Together {
            both: row.count("together")?,
            left: row.count("left_visitors")?,
            right: row.count("right_visitors")?,
            all: row.count("visitors")?,
        };
        if let Some(lift) = lift(seen) {
            pairs.push(Pair {
                affiliate: name(row.text("affiliate_id")?),
                left: name(row.text("left_id")?),
                right: name(row.text("right_id")?),
                seen,
                lift,
            });
        }
    }
    pairs.sort_by(|a, b| b.lift.low.total_cmp(&a.lift.low));
    Ok((pairs, tested))
}

/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 15;
