//! Fatigue: what the second, third and later exposure to the same content still brings.

use super::Scope;
use crate::report::cells::{MIN_TRIALS, drawn, grouped, p_value, rate, table};
use crate::report::charts::{Series, Unit, columns};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page, Tone, Verdict};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, compare};

const FATIGUE: Query = query!("fatigue.sql");

struct Exposure {
    nth: String,
    clicked: Counted,
    viewable: Counted,
}

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let exposures = read(scope).await?;
    let rows = exposures
        .iter()
        .map(|exposure| {
            vec![
                Cell::text(&exposure.nth),
                Cell::Count(exposure.clicked.n),
                Cell::Count(exposure.clicked.hits),
                rate(exposure.clicked, "impressions"),
                rate(exposure.viewable, "measurable impressions"),
            ]
        })
        .collect();
    let columns_shown = [
        ("nth", "Exposure"),
        ("impressions", "Impressions"),
        ("clicks", "Clicks"),
        ("click_rate", "Click rate, % [95 %]"),
        ("viewable_rate", "Viewable rate, % [95 %]"),
    ];
    let categories: Vec<String> = exposures
        .iter()
        .map(|exposure| exposure.nth.clone())
        .collect();
    let series = [Series {
        name: "click rate",
        values: exposures
            .iter()
            .map(|exposure| drawn(exposure.clicked))
            .collect(),
    }];
    let caption = "Clicks as % of impressions by how often the visitor had been shown the content, with 95 % Wilson intervals.";
    Ok(Page {
        id: "fatigue",
        title: "Fatigue",
        lead: "Whether showing the same content again still works. Exposures are counted by visitor and content over the days of this report.".to_owned(),
        blocks: [Block::Verdict(verdict(&exposures))]
            .into_iter()
            .chain(columns("Click rate by exposure", caption, Unit::Percent, "exposure of the same visitor to the same content", &categories, &series)?)
            .chain([Block::Table(table("fatigue", "Impressions by exposure", &columns_shown, rows)),
            Block::Note(format!(
                "Not a causal curve: visitors who come back often differ from those who come once, and what is shown often was chosen to be. Rates are held back below {MIN_TRIALS} impressions."
            ))])
            .collect(),
    })
}

/// The first exposure against all later ones.
fn verdict(exposures: &[Exposure]) -> Verdict {
    let first = exposures
        .first()
        .map_or_else(Counted::default, |exposure| exposure.clicked);
    let mut later = Counted::default();
    exposures
        .iter()
        .skip(1)
        .for_each(|exposure| later += exposure.clicked);
    let undecided = |detail: String| Verdict {
        tone: Tone::Undecided,
        headline: "Fatigue: not decided".to_owned(),
        detail,
    };
    if first.n < MIN_TRIALS || later.n < MIN_TRIALS {
        return undecided(format!(
            "It takes {MIN_TRIALS} first and {MIN_TRIALS} repeated impressions."
        ));
    }
    let Some(test) = compare(first, later) else {
        return undecided("There are no clicks.".to_owned());
    };
    let numbers = format!(
        "{} against {} first impressions: z = {:.2}, {}.",
        grouped(later.n),
        grouped(first.n),
        test.z,
        p_value(test.p)
    );
    if test.p >= 0.05 {
        return undecided(format!(
            "Repeated and first exposures do not differ by more than chance. {numbers}"
        ));
    }
    let (tone, headline) = if test.z < 0.0 {
        (Tone::Warning, "Repeated exposures are clicked less")
    } else {
        (Tone::Good, "Repeated exposures are clicked more")
    };
    Verdict {
        tone,
        headline: headline.to_owned(),
        detail: numbers,
    }
}

async fn read(scope: Scope<'_>) -> Result<Vec<Exposure>, ReportError> {
    let mut exposures = Vec::new();
    for row in FATIGUE.run(scope.ctx).await? {
        let nth = row.whole("nth")?.unwrap_or(0);
        exposures.push(Exposure {
            nth: if nth >= 6 {
                "6 and more".to_owned()
            } else {
                nth.to_string()
            },
            clicked: Counted::new(row.count("clicks")?, row.count("impressions")?),
            viewable: Counted::new(row.count("viewables")?, row.count("measurable")?),
        });
    }
    Ok(exposures)
}
