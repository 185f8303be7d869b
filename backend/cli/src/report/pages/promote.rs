//! Promote now: which content should get how much of each placement's traffic.

use std::collections::BTreeMap;

use super::Scope;
use crate::report::cells::{grouped, name, rate, table, tenths};
use crate::report::charts::bars;
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Row};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, DRAWS, FLOOR, Promotion, SEED, promotions};

const PROMOTE: Query = query!("promote.sql");

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let mut rows = Vec::new();
    let mut blocks = Vec::new();
    for (number, (placement, contents)) in read(scope).await?.iter().enumerate() {
        let ranked = ranked(contents);
        if number < MOST_PLACEMENTS && !ranked.is_empty() {
            let bars_shown: Vec<_> = ranked
                .iter()
                .take(MOST_DRAWN)
                .map(|(content, _, promotion)| {
                    (
                        (*content).to_owned(),
                        promotion.share,
                        tenths(promotion.share),
                    )
                })
                .collect();
            let caption = format!(
                "Recommended share of the traffic of {placement}, the {} largest of {} contents: the chance of having the best click rate, mixed with the exploration floor.",
                bars_shown.len(),
                contents.len()
            );
            blocks.extend(bars(
                &format!("Promote now in {placement}"),
                &caption,
                &bars_shown,
            )?);
        }
        rows.extend(
            ranked
                .iter()
                .enumerate()
                .map(|(rank, ranked)| row(placement, rank, ranked)),
        );
    }
    if rows.is_empty() {
        blocks.push(Block::Note(
            "Not decided: no content was clicked in the last 7 days.".to_owned(),
        ));
    }
    let columns = [
        ("placement", "Placement"),
        ("rank", "Rank"),
        ("content", "Content"),
        ("impressions", "Impressions"),
        ("clicks", "Clicks"),
        ("click_rate", "Click rate, % [95 %]"),
        ("best", "Chance to be best, %"),
        ("share", "Share of traffic, %"),
    ];
    blocks.push(Block::Table(table(
        "promote",
        "Recommended traffic by placement, last 7 days",
        &columns,
        rows,
    )));
    blocks.push(Block::Note(format!(
        "Thompson sampling: {} draws from Beta posteriors (ChaCha8, seed {SEED}), prior of one click at the placement's rate. \
         Exploration floor: {} of the traffic is spread evenly over all contents, so that every content keeps being measured. \
         A chance to be best far from 100 % means: not decided yet, keep serving several.",
        grouped(DRAWS.into()),
        tenths(FLOOR)
    )));
    Ok(Page {
        id: "promote",
        title: "Promote now",
        lead: "How to share each placement's traffic among contents, so that good ones are used while uncertain ones are still tried.".to_owned(),
        blocks,
    })
}

/// A content, its counts and what to do with it.
type Ranked<'a> = (&'a str, Counted, Promotion);

fn ranked(contents: &[(String, Counted)]) -> Vec<Ranked<'_>> {
    // What was shown most is drawn for; a long tail of hardly shown contents would only add noise and time.
    let contents = &contents[..contents.len().min(MOST_RANKED)];
    let counts: Vec<Counted> = contents.iter().map(|content| content.1).collect();
    let mut ranked: Vec<Ranked<'_>> = promotions(&counts)
        .into_iter()
        .flatten()
        .zip(contents)
        .map(|(promotion, (name, counted))| (name.as_str(), *counted, promotion))
        .collect();
    ranked.sort_by(|a, b| b.2.share.total_cmp(&a.2.share).then_with(|| a.0.cmp(b.0)));
    ranked
}

fn row(placement: &str, rank: usize, ranked: &Ranked<'_>) -> Row {
    let (content, counted, promotion) = *ranked;
    vec![
        Cell::text(placement),
        Cell::Count(rank as u64 + 1),
        Cell::text(content),
        Cell::Count(counted.n),
        Cell::Count(counted.hits),
        rate(counted, "impressions"),
        Cell::Number(promotion.best * 100.0),
        Cell::Number(promotion.share * 100.0),
    ]
}

async fn read(scope: Scope<'_>) -> Result<BTreeMap<String, Vec<(String, Counted)>>, ReportError> {
    let mut placements: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for row in PROMOTE.run(scope.ctx).await? {
        let counted = Counted::new(row.count("clicks")?, row.count("impressions")?);
        placements
            .entry(name(row.text("placement_id")?))
            .or_default()
            .push((name(row.text("content_id")?), counted));
    }
    Ok(placements)
}

/// More contents than this are not drawn for.
const MOST_RANKED: usize = 200;
/// More placements than this are in the table only.
const MOST_PLACEMENTS: usize = 4;
/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 10;
