//! Experiment readout: first whether the split is sound, then what the difference is, then whether it is decided.

use super::Scope;
use super::experiment_rows::{Arm, Arms, Visitors, control, segments, visitors};
use crate::report::cells::{
    MIN_TRIALS, drawn, estimate, figure, grouped, hidden, p_value, points as in_points, rate, table,
};
use crate::report::charts::{Point, Unit, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Row, Tone, Verdict};
use crate::report::options::Options;
use crate::report::stats::{
    Counted, Interval, TUNED_AT, clustered_error, compare, confidence_sequence, goodness_of_fit,
};

/// Chance of a wrong decision over the whole life of an experiment, shared by its treatments.
const ALPHA: f64 = 0.05;
/// Below this p the split itself is called broken: A. Fabijan et al., KDD 2019, use the same order.
const MISMATCH: f64 = 0.001;

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let segments = segments(scope).await?;
    let visitors = visitors(scope).await?;
    let mut blocks = Vec::new();
    match control(&segments.all, scope.options).filter(|_| segments.all.len() > 1) {
        None => blocks.push(Block::Note("No experiment with two variants has impressions here. Name one with the SDK's experiments call.".to_owned())),
        Some(control) => {
            let (split, sound) = split_check(&segments.all, scope.options);
            blocks.push(Block::Verdict(split));
            let alpha = ALPHA / (segments.all.len() - 1) as f64;
            blocks.extend(decisions(&segments.all, &control, alpha, sound));
            blocks.extend(arms_blocks(&segments.all, &visitors)?);
            blocks.extend(differences(&segments.all, &segments.parts, &control, alpha)?);
        }
    }
    Ok(Page {
        id: "experiment",
        title: "Experiment",
        lead: "Which variant is better, if that is known. The decision line is a confidence sequence: it holds however often one looks, \
               so an experiment may be stopped the day it leaves 0 out, and not before."
            .to_owned(),
        blocks,
    })
}

/// Whether variants got the traffic they should: with a broken split, no difference means anything.
fn split_check(arms: &Arms, options: &Options) -> (Verdict, bool) {
    let counts: Vec<u64> = arms.values().map(|arm| arm.clicked.n).collect();
    let shares: Vec<f64> = arms
        .keys()
        .map(|name| options.expected_split.get(name).copied().unwrap_or(1.0))
        .collect();
    let seen = arms
        .iter()
        .map(|(name, arm)| format!("{name} {}", grouped(arm.clicked.n)))
        .collect::<Vec<_>>()
        .join(", ");
    let Some(test) = goodness_of_fit(&counts, &shares) else {
        let verdict = Verdict {
            tone: Tone::Bad,
            headline: "Sample ratio: can't be checked".to_owned(),
            detail: format!("Impressions: {seen}."),
        };
        return (verdict, false);
    };
    let numbers = format!(
        "Impressions: {seen}. Chi-square = {:.2}, df = {}, {}.",
        test.statistic,
        test.degrees,
        p_value(test.p)
    );
    let sound = test.p >= MISMATCH;
    let (tone, headline) = if sound {
        (Tone::Good, "Sample ratio: as intended")
    } else {
        (
            Tone::Bad,
            "Sample ratio mismatch: nothing below can be trusted",
        )
    };
    (
        Verdict {
            tone,
            headline: headline.to_owned(),
            detail: numbers,
        },
        sound,
    )
}

fn decisions<'a>(
    arms: &'a Arms,
    control: &'a str,
    alpha: f64,
    sound: bool,
) -> impl Iterator<Item = Block> + 'a {
    treatments(arms, control).map(move |(name, base, arm)| {
        Block::Verdict(decision(name, control, base, arm, alpha, sound))
    })
}

fn treatments<'a>(
    arms: &'a Arms,
    control: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Arm, &'a Arm)> {
    let base = arms.get(control);
    arms.iter()
        .filter(move |(name, _)| *name != control)
        .filter_map(move |(name, arm)| Some((name.as_str(), base?, arm)))
}

fn decision(name: &str, control: &str, base: &Arm, arm: &Arm, alpha: f64, sound: bool) -> Verdict {
    let Some(line) = confidence_sequence(base.clicked, arm.clicked, alpha) else {
        return Verdict {
            tone: Tone::Undecided,
            headline: format!("{name} against {control}: not decided"),
            detail: "Each variant needs 20 clicks before a decision line can be drawn.".to_owned(),
        };
    };
    let numbers = format!(
        "Click rate {name} - {control}: {}, confidence sequence at {} %.",
        in_points(line),
        ((1.0 - alpha) * 1e5).round() / 1e3
    );
    if !sound {
        return Verdict {
            tone: Tone::Bad,
            headline: format!("{name} against {control}: not decided, the split is broken"),
            detail: numbers,
        };
    }
    if line.holds(0.0) {
        return Verdict {
            tone: Tone::Undecided,
            headline: format!("{name} against {control}: not decided"),
            detail: format!("{numbers} It still holds 0."),
        };
    }
    let better = if line.value > 0.0 { "better" } else { "worse" };
    Verdict {
        tone: Tone::Good,
        headline: format!("{name} is {better} than {control}"),
        detail: format!("{numbers} It leaves 0 out."),
    }
}

fn arms_blocks(arms: &Arms, visitors: &[Visitors]) -> Result<Vec<Block>, ReportError> {
    let rows = arms
        .iter()
        .map(|(name, arm)| arm_row(name, arm, visitors.iter().find(|row| row.variant == *name)))
        .collect();
    let columns = [
        ("variant", "Variant"),
        ("impressions", "Impressions"),
        ("clicks", "Clicks"),
        ("click_rate", "Click rate, % [95 %]"),
        ("viewable_rate", "Viewable rate, % [95 %]"),
        ("visitors", "Visitors"),
        ("mixed", "Visitors of several variants"),
        ("design_effect", "Design effect of visitors"),
    ];
    let mixed: u64 = visitors.iter().map(|row| row.mixed).sum();
    let mut note = "Design effect: how much larger the click rate's variance is when visitors, not impressions, are taken as independent. \
                    Well above 1, the intervals on this page are too short by about its square root."
        .to_owned();
    if mixed > 0 {
        note.push_str(
            " Visitors who saw several variants blur the difference; assign variants by visitor.",
        );
    }
    let clicks = arms.values().map(|arm| arm.clicked.hits).sum();
    let figures = vec![
        figure(
            "Variants",
            Cell::Count(arms.len() as u64),
            "with impressions",
        ),
        figure(
            "Impressions",
            Cell::Count(arms.values().map(|arm| arm.clicked.n).sum()),
            "without invalid traffic",
        ),
        figure(
            "Clicks",
            Cell::Count(clicks),
            "impressions clicked at least once",
        ),
    ];
    Ok(vec![
        Block::Figures(figures),
        Block::Table(table("variants", "Variants", &columns, rows)),
        Block::Note(note),
    ])
}

fn arm_row(name: &str, arm: &Arm, visitors: Option<&Visitors>) -> Row {
    let design = visitors.and_then(|row| {
        let plain = arm.clicked.rate() * (1.0 - arm.clicked.rate()) / arm.clicked.n as f64;
        let clustered = clustered_error(row.sums)?;
        (plain > 0.0).then(|| clustered * clustered / plain)
    });
    let many = visitors.is_some_and(|row| row.sums.visitors >= MIN_VISITORS);
    vec![
        Cell::text(name),
        Cell::Count(arm.clicked.n),
        Cell::Count(arm.clicked.hits),
        rate(arm.clicked, "impressions"),
        rate(arm.viewable, "measurable impressions"),
        visitors.map_or(Cell::Missing, |row| Cell::Count(row.sums.visitors)),
        visitors.map_or(Cell::Missing, |row| Cell::Count(row.mixed)),
        if many {
            design.map_or(Cell::Missing, Cell::Number)
        } else {
            hidden(MIN_VISITORS, "visitors")
        },
    ]
}

/// One line of the readout by segment.
struct Line<'a> {
    segment: &'a str,
    variant: &'a str,
    base: Counted,
    arm: Counted,
    sequence: Option<Interval>,
}

fn differences(
    all: &Arms,
    parts: &[(String, Arms)],
    control: &str,
    alpha: f64,
) -> Result<Vec<Block>, ReportError> {
    let mut lines = Vec::new();
    for (segment, arms) in std::iter::once(("all traffic", all))
        .chain(parts.iter().map(|(name, arms)| (name.as_str(), arms)))
    {
        for (variant, base, arm) in treatments(arms, control) {
            let sequence = confidence_sequence(base.clicked, arm.clicked, alpha);
            lines.push(Line {
                segment,
                variant,
                base: base.clicked,
                arm: arm.clicked,
                sequence,
            });
        }
    }
    let rows = lines.iter().map(|line| line_row(line, control)).collect();
    let columns = [
        ("segment", "Segment"),
        ("comparison", "Comparison"),
        ("treatment", "Click rate of the treatment, % [95 %]"),
        ("control", "Click rate of the control, % [95 %]"),
        ("difference", "Difference, points [95 %, one look]"),
        ("z", "z"),
        ("p", "p (one look)"),
        ("sequence", "Confidence sequence, points"),
        ("decision", "Decision"),
    ];
    let mut blocks = Vec::from_iter(difference_chart(&lines)?);
    blocks.extend(rates_chart(&lines, control)?);
    blocks.extend([
        Block::Table(table("comparison", "Differences in click rate, all traffic and by segment", &columns, rows)),
        Block::Note(format!(
            "One look: the pooled two-proportion z test and Newcombe's interval, right only if the sample size was fixed beforehand and the numbers are read once. \
             Decision: a normal-mixture confidence sequence, alpha {ALPHA}{}, tightest at {} impressions a variant. Segments explore; only the line for all traffic decides. \
             Held back below {MIN_TRIALS} impressions or 20 clicks a variant.",
            if all.len() > 2 { format!(" shared by {} treatments", all.len() - 1) } else { String::new() },
            grouped(TUNED_AT)
        )),
    ]);
    Ok(blocks)
}

fn line_row(line: &Line<'_>, control: &str) -> Row {
    let enough = line.base.n >= MIN_TRIALS && line.arm.n >= MIN_TRIALS;
    let fixed = compare(line.base, line.arm).filter(|_| enough);
    let scaled = |interval: Interval| Interval {
        value: interval.value * 100.0,
        low: interval.low * 100.0,
        high: interval.high * 100.0,
    };
    let decision = match line.sequence {
        Some(interval) if !interval.holds(0.0) => {
            if interval.value > 0.0 {
                "better"
            } else {
                "worse"
            }
        }
        _ => "not decided",
    };
    vec![
        Cell::text(line.segment),
        Cell::text(format!("{} - {control}", line.variant)),
        rate(line.arm, "impressions"),
        rate(line.base, "impressions"),
        fixed.map_or_else(
            || hidden(MIN_TRIALS, "impressions"),
            |fixed| estimate(Some(scaled(fixed.difference))),
        ),
        fixed.map_or(Cell::Missing, |fixed| Cell::Number(fixed.z)),
        fixed.map_or(Cell::Missing, |fixed| Cell::Number(fixed.p)),
        line.sequence.map_or_else(
            || hidden(20, "clicks a variant"),
            |interval| estimate(Some(scaled(interval))),
        ),
        Cell::text(decision),
    ]
}

fn rates_chart(lines: &[Line<'_>], control: &str) -> Result<Option<Block>, ReportError> {
    let mut points = Vec::new();
    for line in lines.iter().take(MOST_DRAWN) {
        for (series, variant, counted) in [(0, line.variant, line.arm), (1, control, line.base)] {
            if let Some(interval) = drawn(counted) {
                let basis = format!("n = {}", grouped(counted.n));
                points.push(Point {
                    label: format!("{}: {variant}", line.segment),
                    basis,
                    interval,
                    series,
                });
            }
        }
    }
    let caption =
        "Clicks as % of impressions by variant with 95 % Wilson intervals; n is impressions.";
    forest(
        "Click rate by variant",
        caption,
        Unit::Percent,
        "clicks, % of impressions",
        None,
        &points,
    )
}

fn difference_chart(lines: &[Line<'_>]) -> Result<Option<Block>, ReportError> {
    let points: Vec<Point> = lines
        .iter()
        .take(MOST_DRAWN)
        .filter_map(|line| {
            let interval = line.sequence?;
            let basis = if interval.holds(0.0) {
                "not decided"
            } else {
                "decided"
            };
            Some(Point {
                label: line.segment.to_owned(),
                basis: basis.to_owned(),
                interval,
                series: 0,
            })
        })
        .collect();
    let caption = "Treatment minus control in percentage points, with the confidence sequence. While a line crosses 0, nothing is decided, however it looks.";
    forest(
        "The decision line",
        caption,
        Unit::Points,
        "difference in click rate, percentage points",
        Some(0.0),
        &points,
    )
}

/// Fewer visitors than this say little about how visitors vary.
const MIN_VISITORS: u64 = 30;
/// More segments than this are in the table only.
const MOST_DRAWN: usize = 10;
