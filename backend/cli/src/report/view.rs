//! A report as the templates print it: every number already words.

use serde::Serialize;

use super::cells::grouped;
use super::model::{Block, Cell, Page, Report, Table, Tone};

/// Rows beyond this stay out of the page: it should open at once on a phone. The JSON holds all.
const MOST_ROWS: usize = 200;
/// From this many rows on, a table gets a search field.
const SEARCHABLE: usize = 12;

/// A page, ready to print.
#[derive(Serialize)]
pub(super) struct PageView<'a> {
    id: &'a str,
    title: &'a str,
    lead: &'a str,
    blocks: Vec<BlockView<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum BlockView<'a> {
    Figures {
        figures: Vec<FigureView<'a>>,
    },
    Verdict {
        tone: Tone,
        word: &'static str,
        headline: &'a str,
        detail: &'a str,
    },
    Table {
        table: TableView<'a>,
    },
    Chart {
        title: &'a str,
        caption: &'a str,
        svg: &'a str,
    },
    Note {
        text: &'a str,
    },
}

#[derive(Serialize)]
struct FigureView<'a> {
    label: &'a str,
    note: &'a str,
    value: CellView,
}

#[derive(Serialize)]
struct TableView<'a> {
    id: &'static str,
    caption: &'a str,
    columns: Vec<ColumnView>,
    rows: Vec<Vec<CellView>>,
    searchable: bool,
    more: usize,
}

#[derive(Serialize)]
struct ColumnView {
    title: String,
    numeric: bool,
}

#[derive(Serialize)]
struct CellView {
    text: String,
    interval: Option<String>,
    sort: String,
    numeric: bool,
    quiet: bool,
}

/// The pages of a report.
pub(super) fn pages(report: &Report) -> Vec<PageView<'_>> {
    report.pages.iter().map(page).collect()
}

fn page(page: &Page) -> PageView<'_> {
    PageView {
        id: page.id,
        title: page.title,
        lead: &page.lead,
        blocks: page.blocks.iter().map(block).collect(),
    }
}

fn block(block: &Block) -> BlockView<'_> {
    match block {
        Block::Figures(figures) => BlockView::Figures {
            figures: figures
                .iter()
                .map(|figure| FigureView {
                    label: &figure.label,
                    note: &figure.note,
                    value: cell(&figure.value),
                })
                .collect(),
        },
        Block::Verdict(verdict) => {
            let word = match verdict.tone {
                Tone::Good => "OK",
                Tone::Undecided => "Open",
                Tone::Warning => "Look",
                Tone::Bad => "Alert",
            };
            BlockView::Verdict {
                tone: verdict.tone,
                word,
                headline: &verdict.headline,
                detail: &verdict.detail,
            }
        }
        Block::Table(shown) => BlockView::Table {
            table: table(shown),
        },
        Block::Chart(chart) => BlockView::Chart {
            title: &chart.title,
            caption: &chart.caption,
            svg: &chart.svg,
        },
        Block::Note(text) => BlockView::Note { text },
    }
}

fn table(table: &Table) -> TableView<'_> {
    let column = |at: usize| table.rows.iter().filter_map(move |row| row.get(at));
    let shown: Vec<usize> = (0..table.columns.len())
        .filter(|&at| !table.columns[at].sparse || column(at).any(|cell| *cell != Cell::Count(0)))
        .collect();
    let columns = shown.iter().map(|&at| ColumnView {
        // A bracket reads badly across two lines.
        title: table.columns[at].title.replace("95 %", "95\u{a0}%"),
        numeric: column(at).all(|cell| !matches!(cell, Cell::Text(_))),
    });
    let rows = table.rows.iter().take(MOST_ROWS);
    TableView {
        id: table.id,
        caption: &table.caption,
        columns: columns.collect(),
        rows: rows
            .map(|row| {
                shown
                    .iter()
                    .filter_map(|&at| row.get(at))
                    .map(cell)
                    .collect()
            })
            .collect(),
        searchable: table.rows.len() >= SEARCHABLE,
        more: table.rows.len().saturating_sub(MOST_ROWS),
    }
}

fn cell(cell: &Cell) -> CellView {
    let (text, interval, sort) = match cell {
        Cell::Text(text) => (text.clone(), None, text.to_lowercase()),
        Cell::Count(n) => (grouped(*n), None, n.to_string()),
        Cell::Rate {
            value, low, high, ..
        } => {
            let [value, low, high] = [value, low, high].map(|share| share * 100.0);
            let decimals = rate_decimals(value);
            (
                format!("{value:.decimals$} %"),
                Some(format!("[{low:.decimals$}, {high:.decimals$}]")),
                value.to_string(),
            )
        }
        Cell::Estimate { value, low, high } => {
            let decimals = decimals(*value);
            (
                format!("{value:.decimals$}"),
                Some(format!("[{low:.decimals$}, {high:.decimals$}]")),
                value.to_string(),
            )
        }
        Cell::Number(value) => {
            let decimals = decimals(*value);
            (format!("{value:.decimals$}"), None, value.to_string())
        }
        Cell::Hidden { hidden } => (hidden.clone(), None, String::new()),
        Cell::Missing => ("–".to_owned(), None, String::new()),
    };
    let quiet = matches!(cell, Cell::Hidden { .. } | Cell::Missing);
    CellView {
        text,
        interval,
        sort,
        numeric: !matches!(cell, Cell::Text(_)),
        quiet,
    }
}

/// Three significant digits where rates are small, as click rates are; a tenth of a point where they are large.
fn rate_decimals(percent: f64) -> usize {
    if percent.abs() < 10.0 { 3 } else { 1 }
}

fn decimals(value: f64) -> usize {
    match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    }
}
