//! A report as plain data: pages of figures, verdicts, tables and charts, before any of it is printed.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::options::Window;

/// All pages, with what they stand for.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// When it was made, RFC 3339 in UTC.
    pub generated_at: String,
    /// The lake's commit the numbers stand for.
    pub commit: Option<u64>,
    /// The days covered.
    pub window: Window,
    /// What was generated rather than measured.
    pub synthetic: Vec<String>,
    /// The pages, data quality first.
    pub pages: Vec<Page>,
}

/// One page: one question answered.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Stable name, used as the address of the page.
    pub id: &'static str,
    /// What the page is called in the navigation.
    pub title: &'static str,
    /// The question the page answers, and how.
    pub lead: String,
    /// What the page shows, top to bottom.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Headline numbers side by side.
    Figures(Vec<Figure>),
    /// What the numbers decide, or that they do not.
    Verdict(Verdict),
    /// Numbers in rows.
    Table(Table),
    /// A drawing of numbers that a table on the page also holds.
    Chart(Chart),
    /// How to read what stands above.
    Note(String),
}

/// One headline number.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// The number.
    pub value: Cell,
    /// Unit or base, in words.
    pub note: String,
}

/// A conclusion, and the numbers it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// How to take it.
    pub tone: Tone,
    /// The conclusion in one line.
    pub headline: String,
    /// The numbers behind it.
    pub detail: String,
}

/// How a conclusion should be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Fine, or decided.
    Good,
    /// The data does not settle it yet.
    Undecided,
    /// Something needs a look.
    Warning,
    /// The numbers can't be trusted until this is fixed.
    Bad,
}

/// Numbers in rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// Stable name, for machines.
    pub id: &'static str,
    /// What the table shows.
    pub caption: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, most important first.
    pub rows: Vec<Row>,
}

/// One row, a cell a column.
pub type Row = Vec<Cell>;

/// One column.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// Stable name, for machines.
    pub key: &'static str,
    /// What people read, unit included.
    pub title: &'static str,
    /// Left out of the page, not of the JSON, where all of its counts are 0.
    #[serde(skip)]
    pub sparse: bool,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// How many.
    Count(u64),
    /// A share between 0 and 1 with its 95 % interval; printed in percent.
    Rate {
        /// The share.
        value: f64,
        /// Lower end of the interval.
        low: f64,
        /// Upper end of the interval.
        high: f64,
        /// How many it is a share of.
        n: u64,
    },
    /// A number in the column's unit, with its 95 % interval.
    Estimate {
        /// The number.
        value: f64,
        /// Lower end of the interval.
        low: f64,
        /// Upper end of the interval.
        high: f64,
    },
    /// A number in the column's unit that is exact or a test statistic, so that it has no interval.
    Number(f64),
    /// Held back, because too little stands behind it.
    Hidden {
        /// What there is too little of, such as `fewer than 100 impressions`.
        hidden: String,
    },
    /// There is no such value.
    Missing,
}

/// A drawing of numbers that stand in a table too.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// What it shows; also what a screen reader says.
    pub title: String,
    /// How to read it, with units and n.
    pub caption: String,
    /// The drawing, as SVG that takes its colours from the page.
    #[serde(skip)]
    pub svg: String,
}

impl Cell {
    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }
}

impl Table {
    /// Pairs of column and cell, as machines read a row.
    fn named<'a>(&'a self, row: &'a Row) -> NamedRow<'a> {
        NamedRow(&self.columns, row)
    }
}

/// Machines read a row by column name, so that a new column breaks nobody.
struct NamedRow<'a>(&'a [Column], &'a Row);

impl Serialize for NamedRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|column| column.key).zip(self.1))
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<NamedRow<'_>> = self.rows.iter().map(|row| self.named(row)).collect();
        let mut map = to.serialize_map(Some(4))?;
        map.serialize_entry("id", self.id)?;
        map.serialize_entry("caption", &self.caption)?;
        map.serialize_entry("columns", &self.columns)?;
        map.serialize_entry("rows", &rows)?;
        map.end()
    }
}
