//! Loss by affiliate and reason, and where the end of an app start is not known.

use datafusion::prelude::SessionContext;

use crate::report::cells::{grouped, name, percent, share, table};
use crate::report::charts::{Point, Unit, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Column, Tone, Verdict};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, wilson};

const LOSS: Query = query!("quality_loss.sql");

/// The reasons a client counts losses by, as columns of the query and in words.
const REASONS: [(&str, &str); 7] = [
    ("queue_full", "Queue full"),
    ("expired", "Expired"),
    ("too_large", "Too large"),
    ("refused", "Refused"),
    ("consent_withdrawn", "Consent withdrawn"),
    ("storage_failed", "Storage failed"),
    ("unconfirmed", "Unconfirmed"),
];

/// What was captured, delivered and lost.
#[derive(Debug, Clone, Default)]
pub(super) struct Loss {
    pub(super) affiliate: String,
    pub(super) instances: u64,
    pub(super) tails_known: u64,
    pub(super) lost_whole: u64,
    pub(super) expected: u64,
    pub(super) lost: u64,
    pub(super) unexplained: u64,
    pub(super) claimed_but_present: u64,
    pub(super) reasons: [u64; REASONS.len()],
}

impl Loss {
    pub(super) fn total(losses: &[Self]) -> Self {
        let mut total = Self {
            affiliate: "All".to_owned(),
            ..Self::default()
        };
        for loss in losses {
            total.instances += loss.instances;
            total.tails_known += loss.tails_known;
            total.lost_whole += loss.lost_whole;
            total.expected += loss.expected;
            total.lost += loss.lost;
            total.unexplained += loss.unexplained;
            total.claimed_but_present += loss.claimed_but_present;
            total
                .reasons
                .iter_mut()
                .zip(loss.reasons)
                .for_each(|(sum, n)| *sum += n);
        }
        total
    }

    pub(super) fn tails_unknown(&self) -> u64 {
        self.instances.saturating_sub(self.tails_known)
    }

    /// Lost of what was captured, as far as anybody knows.
    pub(super) fn rate(&self) -> Counted {
        Counted::new(self.lost, self.expected)
    }

    fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![
            Cell::text(&self.affiliate),
            Cell::Count(self.instances),
            Cell::Count(self.expected),
            Cell::Count(self.lost),
            share(self.rate()),
        ];
        cells.extend([
            Cell::Count(self.unexplained),
            Cell::Count(self.lost_whole),
            Cell::Count(self.tails_unknown()),
        ]);
        cells.extend(self.reasons.map(Cell::Count));
        cells
    }
}

/// Loss by affiliate, the largest first.
pub(super) async fn read(ctx: &SessionContext) -> Result<Vec<Loss>, ReportError> {
    let rows = LOSS.run(ctx).await?;
    let mut losses = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut reasons = [0; REASONS.len()];
        for (sum, (column, _)) in reasons.iter_mut().zip(REASONS) {
            *sum = row.count(column)?;
        }
        losses.push(Loss {
            affiliate: name(row.text("affiliate_id")?),
            instances: row.count("instances")?,
            tails_known: row.count("tails_known")?,
            lost_whole: row.count("lost_whole")?,
            expected: row.count("expected")?,
            lost: row.count("lost")?,
            unexplained: row.count("unexplained")?,
            claimed_but_present: row.count("claimed_but_present")?,
            reasons,
        });
    }
    Ok(losses)
}

pub(super) fn blocks(losses: &[Loss]) -> Result<Vec<Block>, ReportError> {
    if losses.is_empty() {
        return Ok(Vec::new());
    }
    let total = Loss::total(losses);
    let mut rows: Vec<_> = losses.iter().map(Loss::cells).collect();
    if losses.len() > 1 {
        rows.push(total.cells());
    }
    let columns = [
        ("affiliate", "Affiliate"),
        ("instances", "App starts"),
        ("captured", "Captured events"),
        ("lost", "Lost events"),
        ("loss", "Loss, % [95 %]"),
        ("unexplained", "No reason yet"),
        ("lost_whole", "Starts lost whole"),
        ("tail_unknown", "Tail unknown, starts"),
    ];
    let mut shown = table("loss", "Loss by affiliate and reason", &columns, rows);
    shown.columns.extend(REASONS.map(|(key, title)| Column {
        key,
        title,
        sparse: true,
    }));
    let mut blocks = vec![Block::Verdict(verdict(&total)), Block::Table(shown)];
    let points: Vec<Point> = losses
        .iter()
        .take(MOST_DRAWN)
        .filter_map(|loss| {
            let basis = format!("{} captured", grouped(loss.expected));
            Some(Point {
                label: loss.affiliate.clone(),
                basis,
                interval: wilson(loss.rate())?,
                series: 0,
            })
        })
        .collect();
    if total.lost > 0 {
        let caption = "Events lost of events captured, with 95 % Wilson intervals. An app start whose tail is unknown may have lost more.";
        blocks.extend(forest(
            "Loss by affiliate",
            caption,
            Unit::Percent,
            "lost events, % of captured",
            None,
            &points,
        )?);
    }
    blocks.push(Block::Note(
        "Reasons are what clients counted themselves; those nobody lost an event for are left out. No reason yet: missing here and not explained by its client, or still on its way. \
         Tail unknown: nobody has said how many events the app start counted in the end, because no later start of the same app has reported yet. \
         Presence in the lake outranks any claim of loss."
            .to_owned(),
    ));
    Ok(blocks)
}

fn verdict(total: &Loss) -> Verdict {
    let tails = format!(
        "The tail is unknown for {} of {} app starts; {} starts were lost whole.",
        grouped(total.tails_unknown()),
        grouped(total.instances),
        grouped(total.lost_whole)
    );
    if total.lost == 0 {
        return Verdict {
            tone: Tone::Good,
            headline: "No loss is known".to_owned(),
            detail: format!(
                "All of {} captured events arrived. {tails}",
                grouped(total.expected)
            ),
        };
    }
    let rate = total.rate().rate();
    let claims = if total.claimed_but_present > 0 {
        format!(
            " {} events that clients gave up on arrived all the same.",
            grouped(total.claimed_but_present)
        )
    } else {
        String::new()
    };
    Verdict {
        tone: if rate > WORRYING {
            Tone::Bad
        } else {
            Tone::Warning
        },
        headline: format!("{} of captured events did not arrive", percent(rate)),
        detail: format!(
            "{} of {}; {} of them without a reason yet. {tails}{claims}",
            grouped(total.lost),
            grouped(total.expected),
            grouped(total.unexplained)
        ),
    }
}

/// Above this loss, rates may be biased more than their intervals say.
const WORRYING: f64 = 0.05;
/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 20;
