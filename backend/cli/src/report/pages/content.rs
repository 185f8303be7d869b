//! Content: what is seen, clicked and engaged with.

use super::Scope;
use crate::report::cells::{
    MIN_TRIALS, drawn, estimate, figure, grouped, hidden, name, percent, rate, share, table,
};
use crate::report::charts::{Point, Unit, forest};
use crate::report::error::ReportError;
use crate::report::model::{Block, Cell, Page};
use crate::report::rows::{Query, query};
use crate::report::stats::{Counted, mean};

const CONTENT: Query = query!("content.sql");

struct Content {
    id: String,
    viewable: Counted,
    clicked: Counted,
    engaged_s: f64,
    engaged_s_sq: f64,
}

impl Content {
    /// Engaged seconds a viewable impression; held back below [`MIN_VIEWED`].
    fn engaged(&self) -> Cell {
        if self.viewable.hits < MIN_VIEWED {
            return hidden(MIN_VIEWED, "viewable impressions");
        }
        estimate(mean(self.viewable.hits, self.engaged_s, self.engaged_s_sq))
    }
}

pub(super) async fn page(scope: Scope<'_>) -> Result<Page, ReportError> {
    let contents = read(scope).await?;
    let mut all = Content {
        id: "All".to_owned(),
        viewable: Counted::default(),
        clicked: Counted::default(),
        engaged_s: 0.0,
        engaged_s_sq: 0.0,
    };
    for content in &contents {
        all.viewable += content.viewable;
        all.clicked += content.clicked;
        all.engaged_s += content.engaged_s;
        all.engaged_s_sq += content.engaged_s_sq;
    }
    let silent = contents
        .iter()
        .filter(|content| content.clicked.hits == 0)
        .count();
    let figures = vec![
        figure(
            "Impressions",
            Cell::Count(all.clicked.n),
            format!("of {} contents", grouped(contents.len() as u64)),
        ),
        figure(
            "Clicks",
            Cell::Count(all.clicked.hits),
            format!("{} of {} contents without one", silent, contents.len()),
        ),
        figure(
            "Click rate",
            share(all.clicked),
            "clicked impressions / impressions",
        ),
        figure(
            "Viewable rate",
            share(all.viewable),
            "viewable / measurable impressions",
        ),
        figure(
            "Engaged time",
            all.engaged(),
            "seconds a viewable impression",
        ),
    ];
    let rows = contents
        .iter()
        .map(|content| {
            vec![
                Cell::text(&content.id),
                Cell::Count(content.clicked.n),
                rate(content.viewable, "measurable impressions"),
                Cell::Count(content.clicked.hits),
                rate(content.clicked, "impressions"),
                content.engaged(),
            ]
        })
        .collect();
    let columns = [
        ("content", "Content"),
        ("impressions", "Impressions"),
        ("viewable_rate", "Viewable rate, % [95 %]"),
        ("clicks", "Clicks"),
        ("click_rate", "Click rate, % [95 %]"),
        ("engaged", "Engaged s a viewable impression [95 %]"),
    ];
    Ok(Page {
        id: "content",
        title: "Content",
        lead: "What is seen, clicked and engaged with, without invalid traffic. A raw click rate mixes the content with where it was placed; \
               the placement page takes position out."
            .to_owned(),
        blocks: [Block::Figures(figures)]
            .into_iter()
            .chain(chart(&contents, all.clicked)?)
            .chain([Block::Table(table("content", "Contents, most shown first", &columns, rows)),
            Block::Note(format!(
                "Intervals: 95 % Wilson for rates, 95 % normal for means. Rates need {MIN_TRIALS} impressions, engaged time {MIN_VIEWED} viewable ones. \
                 With many contents some intervals miss the truth by chance: about one in twenty."
            ))])
            .collect(),
    })
}

fn chart(contents: &[Content], all: Counted) -> Result<Option<Block>, ReportError> {
    let mut ranked: Vec<_> = contents
        .iter()
        .filter_map(|content| Some((content, drawn(content.clicked)?)))
        .collect();
    // By the lower end: what is surely good, not what was lucky once.
    ranked.sort_by(|a, b| b.1.low.total_cmp(&a.1.low));
    let points: Vec<Point> = ranked
        .into_iter()
        .take(MOST_DRAWN)
        .map(|(content, interval)| Point {
            label: content.id.clone(),
            basis: format!("n = {}", grouped(content.clicked.n)),
            interval,
            series: 0,
        })
        .collect();
    let caption = format!(
        "The {} contents with the highest lower end of the 95 % Wilson interval; n is impressions. The line is the rate of all contents, {}.",
        points.len(),
        percent(all.rate())
    );
    forest(
        "Click rate by content",
        &caption,
        Unit::Percent,
        "clicks, % of impressions",
        Some(all.rate()),
        &points,
    )
}

async fn read(scope: Scope<'_>) -> Result<Vec<Content>, ReportError> {
    let mut contents = Vec::new();
    for row in CONTENT.run(scope.ctx).await? {
        contents.push(Content {
            id: name(row.text("content_id")?),
            viewable: Counted::new(row.count("viewables")?, row.count("measurable")?),
            clicked: Counted::new(row.count("clicks")?, row.count("impressions")?),
            engaged_s: row.real("engaged_s")?.unwrap_or(0.0),
            engaged_s_sq: row.real("engaged_s_sq")?.unwrap_or(0.0),
        });
    }
    Ok(contents)
}

/// Below this many viewable impressions a mean of engaged time is held back: the normal interval needs about as many.
const MIN_VIEWED: u64 = 30;
/// More rows than this don't read as a chart.
const MOST_DRAWN: usize = 15;
