//! Placement and position: what the place itself is worth, and which content beats its place.

use std::collections::BTreeMap;

use super::Scope;
use crate::report::cells::{
    MIN_TRIALS, drawn, estimate, figure, grouped, hidden, name, p_value, percent, rate, share,
    table,
};
use crate::report::charts::{Point, Series, Unit, columns, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Tone, Verdict};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, Interval, clicks_over_expected, homogeneity};

const POSITION: Query = query!("position.sql");
const COEC: Query = query!("coec.sql");

struct Place {
    placement: String,
    position: Option<i64>,
    viewable: Counted,
    clicked: Counted,
    explored: Counted,
}

impl Place {
    fn position(&self) -> String {
        self.position
            .map_or_else(|| "(none)".to_owned(), |position| position.to_string())
    }
}

/// A content in a placement, against what its positions would have brought.
pub(super) struct Expected {
    pub(super) placement: String,
    pub(super) content: String,
    pub(super) clicked: Counted,
    pub(super) expected: f64,
}

impl Expected {
    /// Clicks over expected clicks; nothing where too little was expected.
    pub(super) fn coec(&self) -> Option<Interval> {
        (self.expected >= MIN_EXPECTED)
            .then(|| clicks_over_expected(self.clicked.hits, self.expected))
            .flatten()
    }
}

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let places = places(scope).await?;
    let contents = expected(scope).await?;
    let mut all = Counted::default();
    let mut explored = Counted::default();
    for place in &places {
        all += place.clicked;
        explored += place.explored;
    }
    let figures = vec![
        figure(
            "Exploration bucket",
            share(Counted::new(explored.n, all.n)),
            "of impressions, content placed at random",
        ),
        figure("Click rate, exploration", share(explored), "random content"),
        figure(
            "Click rate, the rest",
            share(Counted::new(all.hits - explored.hits, all.n - explored.n)),
            "content chosen by a model",
        ),
    ];
    let mut blocks = vec![Block::Figures(figures)];
    blocks.extend(by_placement(&places)?);
    blocks.push(positions_table(&places));
    blocks.extend(coec_blocks(&contents, explored)?);
    Ok(Page {
        id: "placement",
        title: "Placement & position",
        lead: "What a place is worth and which content does better than its place. Only the exploration bucket can tell: there content is placed at random, \
               so a position's click rate is its own."
            .to_owned(),
        blocks,
    })
}

/// For each placement, whether position changes the click rate, tested where content was random.
fn by_placement(places: &[Place]) -> Result<Vec<Block>, ReportError> {
    let mut grouped_places: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
    for place in places {
        grouped_places
            .entry(&place.placement)
            .or_default()
            .push(place);
    }
    let mut blocks = Vec::new();
    for (placement, places) in grouped_places.into_iter().take(MOST_PLACEMENTS) {
        blocks.push(Block::Verdict(position_effect(placement, &places)));
        let categories: Vec<String> = places
            .iter()
            .take(MOST_POSITIONS)
            .map(|place| format!("position {}", place.position()))
            .collect();
        let rest = |place: &Place| {
            Counted::new(
                place.clicked.hits - place.explored.hits,
                place.clicked.n - place.explored.n,
            )
        };
        let series = [
            Series {
                name: "exploration (random content)",
                values: places
                    .iter()
                    .take(MOST_POSITIONS)
                    .map(|place| drawn(place.explored))
                    .collect(),
            },
            Series {
                name: "the rest (content chosen)",
                values: places
                    .iter()
                    .take(MOST_POSITIONS)
                    .map(|place| drawn(rest(place)))
                    .collect(),
            },
        ];
        let title = format!("Click rate by position in {placement}");
        let n = grouped(places.iter().map(|place| place.clicked.n).sum());
        let caption = format!(
            "Clicks as % of impressions with 95 % Wilson intervals, n = {n} impressions. Held back below {MIN_TRIALS} impressions."
        );
        blocks.extend(columns(
            &title,
            &caption,
            Unit::Percent,
            "position",
            &categories,
            &series,
        )?);
    }
    Ok(blocks)
}

fn position_effect(placement: &str, places: &[&Place]) -> Verdict {
    let explored: Vec<Counted> = places
        .iter()
        .map(|place| place.explored)
        .filter(|counted| counted.n >= MIN_TRIALS)
        .collect();
    let n = grouped(explored.iter().map(|counted| counted.n).sum());
    let Some(test) = homogeneity(&explored) else {
        return Verdict {
            tone: Tone::Undecided,
            headline: format!("Position effect in {placement}: not decided"),
            detail: format!(
                "The test needs clicks and two positions with {MIN_TRIALS} exploration impressions each; send some traffic to random content."
            ),
        };
    };
    let numbers = format!(
        "Chi-square = {:.2}, df = {}, {}, n = {n} exploration impressions.",
        test.statistic,
        test.degrees,
        p_value(test.p)
    );
    if test.p < 0.05 {
        return Verdict {
            tone: Tone::Good,
            headline: format!("Position changes the click rate in {placement}"),
            detail: numbers,
        };
    }
    Verdict {
        tone: Tone::Undecided,
        headline: format!("Position effect in {placement}: not significant"),
        detail: format!(
            "{numbers} That is no proof that position does not matter, only that this much data does not show it."
        ),
    }
}

fn positions_table(places: &[Place]) -> Block {
    let rows = places
        .iter()
        .map(|place| {
            vec![
                Cell::text(&place.placement),
                Cell::text(place.position()),
                Cell::Count(place.clicked.n),
                rate(place.viewable, "measurable impressions"),
                Cell::Count(place.clicked.hits),
                rate(place.clicked, "impressions"),
                Cell::Count(place.explored.n),
                rate(place.explored, "exploration impressions"),
            ]
        })
        .collect();
    let columns = [
        ("placement", "Placement"),
        ("position", "Position"),
        ("impressions", "Impressions"),
        ("viewable_rate", "Viewable rate, % [95 %]"),
        ("clicks", "Clicks"),
        ("click_rate", "Click rate, % [95 %]"),
        ("explored", "Exploration impressions"),
        ("explored_click_rate", "Click rate in exploration, % [95 %]"),
    ];
    Block::Table(table(
        "position",
        "Placements and positions",
        &columns,
        rows,
    ))
}

fn coec_blocks(contents: &[Expected], explored: Counted) -> Result<Vec<Block>, ReportError> {
    if explored.hits == 0 {
        let note = "Clicks over expected clicks can't be worked out: the exploration bucket has no click. Serve some traffic with random content and mark it (x = 1).";
        return Ok(vec![Block::Note(note.to_owned())]);
    }
    let mut ranked: Vec<_> = contents
        .iter()
        .filter_map(|content| Some((content, content.coec()?)))
        .collect();
    ranked.sort_by(|a, b| b.1.low.total_cmp(&a.1.low));
    let points: Vec<Point> = ranked
        .iter()
        .take(MOST_DRAWN)
        .map(|(content, interval)| Point {
            label: content.content.clone(),
            basis: format!(
                "{} of {:.1} expected",
                content.clicked.hits, content.expected
            ),
            interval: *interval,
            series: 0,
        })
        .collect();
    let sure = ranked
        .iter()
        .filter(|(_, interval)| !interval.holds(1.0))
        .count();
    let caption = format!(
        "Clicks over expected clicks (COEC), highest lower end first; beside each, clicks of expected clicks. 1 is what random content brings in the same positions. \
         {sure} of {} contents have an interval that leaves 1 out; by chance alone about {:.0} would.",
        ranked.len(),
        0.05 * ranked.len() as f64
    );
    let rows = contents
        .iter()
        .map(|content| {
            let coec = content.coec();
            let cell = if coec.is_some() {
                estimate(coec)
            } else {
                hidden(1, "expected click")
            };
            vec![
                Cell::text(&content.content),
                Cell::text(&content.placement),
                Cell::Count(content.clicked.n),
                Cell::Count(content.clicked.hits),
                Cell::Number(content.expected),
                cell,
            ]
        })
        .collect();
    let columns = [
        ("content", "Content"),
        ("placement", "Placement"),
        ("impressions", "Impressions"),
        ("clicks", "Clicks"),
        ("expected", "Expected clicks"),
        ("coec", "Clicks / expected clicks [95 %]"),
    ];
    let mut blocks = Vec::from_iter(forest(
        "Content against its positions",
        &caption,
        Unit::Plain,
        "clicks / expected clicks",
        Some(1.0),
        &points,
    )?);
    blocks.extend([
        Block::Table(table("coec", "Clicks over expected clicks by content", &columns, rows)),
        Block::Note(format!(
            "Expected clicks: a content's impressions by position times the position's click rate in the exploration bucket ({} clicks, {}). \
             The interval is Garwood's for the clicks and takes the expectation as known. Held back below {MIN_EXPECTED:.0} expected click.",
            grouped(explored.hits),
            percent(explored.rate())
        )),
    ]);
    Ok(blocks)
}

async fn places(scope: Scope<'_>) -> Result<Vec<Place>, ReportError> {
    let mut places = Vec::new();
    for row in POSITION.run(scope.ctx).await? {
        places.push(Place {
            placement: name(row.text("placement_id")?),
            position: row.whole("position")?,
            viewable: Counted::new(row.count("viewables")?, row.count("measurable")?),
            clicked: Counted::new(row.count("clicks")?, row.count("impressions")?),
            explored: Counted::new(row.count("explored_clicks")?, row.count("explored")?),
        });
    }
    Ok(places)
}

pub(super) async fn expected(scope: Scope<'_>) -> Result<Vec<Expected>, ReportError> {
    let mut contents = Vec::new();
    for row in COEC.run(scope.ctx).await? {
        contents.push(Expected {
            placement: name(row.text("placement_id")?),
            content: name(row.text("content_id")?),
            clicked: Counted::new(row.count("clicks")?, row.count("impressions")?),
            expected: row.real("expected_clicks")?.unwrap_or(0.0),
        });
    }
    Ok(contents)
}

/// Below this many expected clicks the ratio is held back.
const MIN_EXPECTED: f64 = 1.0;
/// More placements than this are in the table only.
const MOST_PLACEMENTS: usize = 6;
/// More positions than this don't read as a chart.
const MOST_POSITIONS: usize = 12;
/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 15;
