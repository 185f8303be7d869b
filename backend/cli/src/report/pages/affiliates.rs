//! Affiliate scorecard: volume, invalid traffic, loss, and who stands out among the peers.

use std::collections::HashMap;

use super::Scope;
use super::quality_loss::{self, Loss};
use crate::report::cells::{MIN_TRIALS, drawn, figure, grouped, name, rate, share, table};
use crate::report::charts::{Point, Unit, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Tone, Verdict};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, robust_z};

const AFFILIATE: Query = query!("affiliate.sql");

struct Affiliate {
    name: String,
    invalid: Counted,
    viewable: Counted,
    clicked: Counted,
}

/// What is compared between affiliates: a name, and the rate of an affiliate.
type Measure = (&'static str, fn(&Affiliate, &Loss) -> Counted);
const MEASURES: [Measure; 4] = [
    ("invalid traffic", |affiliate, _| affiliate.invalid),
    ("loss", |_, loss| loss.rate()),
    ("viewable rate", |affiliate, _| affiliate.viewable),
    ("click rate", |affiliate, _| affiliate.clicked),
];

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let affiliates = read(scope).await?;
    let losses: HashMap<String, Loss> = quality_loss::read(scope.ctx)
        .await?
        .into_iter()
        .map(|loss| (loss.affiliate.clone(), loss))
        .collect();
    let none = Loss::default();
    let loss_of = |affiliate: &Affiliate| losses.get(&affiliate.name).unwrap_or(&none);
    let scores = MEASURES.map(|(_, measure)| {
        let rates: Vec<f64> = affiliates
            .iter()
            .map(|affiliate| measure(affiliate, loss_of(affiliate)).rate())
            .collect();
        robust_z(&rates)
    });
    let mut invalid = Counted::default();
    affiliates
        .iter()
        .for_each(|affiliate| invalid += affiliate.invalid);
    let rows = affiliates
        .iter()
        .enumerate()
        .map(|(row, affiliate)| {
            let mut cells = vec![
                Cell::text(&affiliate.name),
                Cell::Count(affiliate.invalid.n),
                rate(affiliate.invalid, "impressions"),
                rate(loss_of(affiliate).rate(), "captured events"),
                rate(affiliate.viewable, "measurable impressions"),
                rate(affiliate.clicked, "impressions"),
            ];
            cells.extend(scores.iter().map(|score| {
                score
                    .as_ref()
                    .map_or(Cell::Missing, |z| Cell::Number(z[row]))
            }));
            cells
        })
        .collect();
    let columns = [
        ("affiliate", "Affiliate"),
        ("impressions", "Impressions"),
        ("ivt", "Invalid traffic, % [95 %]"),
        ("loss", "Loss, % [95 %]"),
        ("viewable_rate", "Viewable rate, % [95 %]"),
        ("click_rate", "Click rate, % [95 %]"),
        ("ivt_z", "Invalid traffic, robust z"),
        ("loss_z", "Loss, robust z"),
        ("viewable_z", "Viewable rate, robust z"),
        ("click_z", "Click rate, robust z"),
    ];
    let figures = vec![
        figure(
            "Affiliates",
            Cell::Count(affiliates.len() as u64),
            "with impressions",
        ),
        figure(
            "Impressions",
            Cell::Count(invalid.n),
            "invalid traffic included",
        ),
        figure("Invalid traffic", share(invalid), "of impressions"),
    ];
    Ok(Page {
        id: "affiliates",
        title: "Affiliates",
        lead: "How much each affiliate shows, how much of it is invalid or lost, and who stands apart. Rates leave invalid traffic out.".to_owned(),
        blocks: [Block::Figures(figures), Block::Verdict(verdict(&affiliates, &scores))]
            .into_iter()
            .chain(chart(&affiliates)?)
            .chain([Block::Table(table("affiliates", "Scorecard, largest first", &columns, rows)),
            Block::Note(format!(
                "Invalid traffic (IVT): bots by user agent, app starts with at least 20 clicks on at most twice as many impressions, and more than 1,000 impressions an hour from one app start. \
                 Robust z: 0.6745 × (rate - median) / MAD; beyond ±{OUTLIER} an affiliate is called an outlier (Iglewicz and Hoaglin). It needs {PEERS} affiliates that are not mostly equal. \
                 Rates are held back below {MIN_TRIALS}."
            ))])
            .collect(),
    })
}

fn verdict(affiliates: &[Affiliate], scores: &[Option<Vec<f64>>; MEASURES.len()]) -> Verdict {
    let mut outliers = Vec::new();
    for ((measure, _), score) in MEASURES.iter().zip(scores) {
        for (affiliate, z) in affiliates.iter().zip(score.iter().flatten()) {
            if z.abs() > OUTLIER {
                outliers.push(format!("{} ({measure}, z = {z:+.1})", affiliate.name));
            }
        }
    }
    if !outliers.is_empty() {
        return Verdict {
            tone: Tone::Warning,
            headline: "Some affiliates stand apart".to_owned(),
            detail: format!("{}.", outliers.join(", ")),
        };
    }
    if scores.iter().all(Option::is_none) {
        return Verdict {
            tone: Tone::Undecided,
            headline: "Outliers: not decided".to_owned(),
            detail: format!(
                "{} affiliates are too few, or too alike, for a robust comparison; it takes {PEERS}.",
                affiliates.len()
            ),
        };
    }
    Verdict {
        tone: Tone::Good,
        headline: "No affiliate stands apart".to_owned(),
        detail: format!("No robust z beyond ±{OUTLIER}."),
    }
}

fn chart(affiliates: &[Affiliate]) -> Result<Option<Block>, ReportError> {
    let points: Vec<Point> = affiliates
        .iter()
        .take(MOST_DRAWN)
        .filter_map(|affiliate| {
            let basis = format!("n = {}", grouped(affiliate.clicked.n));
            Some(Point {
                label: affiliate.name.clone(),
                basis,
                interval: drawn(affiliate.clicked)?,
                series: 0,
            })
        })
        .collect();
    let caption = "Clicks as % of impressions without invalid traffic, 95 % Wilson intervals; n is impressions. The largest affiliates, largest first.";
    forest(
        "Click rate by affiliate",
        caption,
        Unit::Percent,
        "clicks, % of impressions",
        None,
        &points,
    )
}

async fn read(scope: Scope<'_>) -> Result<Vec<Affiliate>, ReportError> {
    let mut affiliates = Vec::new();
    for row in AFFILIATE.run(scope.ctx).await? {
        let (impressions, invalid) = (row.count("impressions")?, row.count("invalid")?);
        affiliates.push(Affiliate {
            name: name(row.text("affiliate_id")?),
            invalid: Counted::new(invalid, impressions),
            viewable: Counted::new(row.count("viewables")?, row.count("measurable")?),
            clicked: Counted::new(row.count("clicks")?, impressions - invalid.min(impressions)),
        });
    }
    Ok(affiliates)
}

/// Fewer affiliates than this have no meaningful median spread.
const PEERS: u64 = 5;
/// Beyond this robust z, Iglewicz and Hoaglin call a value an outlier.
const OUTLIER: f64 = 3.5;
/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 20;
