//! The real impressions as the lake would hold them, for tests: visitors, viewability and dwell are drawn, the rest is real.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;
use eyeline_core::UnixMillis;
use flate2::read::MultiGzDecoder;

use super::model::{Block, Cell, Report, Table};
use super::options::Options;

/// A lake of the 60,000 real impressions.
pub(super) async fn real_lake() -> SessionContext {
    let ctx = SessionContext::new();
    ctx.register_batch("log", log()).unwrap();
    for statement in TABLES.split(";\n").filter(|sql| !sql.trim().is_empty()) {
        ctx.sql(statement).await.unwrap().collect().await.unwrap();
    }
    ctx
}

/// A lake that holds nothing yet.
pub(super) async fn empty_lake() -> SessionContext {
    let full = real_lake().await;
    let empty = SessionContext::new();
    for name in super::build::TABLES {
        let none = full.table(name).await.unwrap().limit(0, Some(0)).unwrap();
        empty.register_table(name, none.into_view()).unwrap();
    }
    empty
}

/// The report of a lake as of a fixed moment.
pub(super) async fn report(ctx: &SessionContext) -> Report {
    let mut options = Options::new(UnixMillis::from_i64(1_575_158_400_000));
    options.commit = Some(7);
    super::build(ctx, &options).await.unwrap()
}

/// A table of a report, by its name.
pub(super) fn table<'a>(report: &'a Report, id: &str) -> &'a Table {
    let tables = report
        .pages
        .iter()
        .flat_map(|page| &page.blocks)
        .filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
    tables.into_iter().find(|table| table.id == id).unwrap()
}

/// A cell by column, of the row whose first cells are these words.
pub(super) fn cell<'a>(table: &'a Table, words: &[&str], column: &str) -> &'a Cell {
    let at = table
        .columns
        .iter()
        .position(|one| one.key == column)
        .unwrap();
    let matches = |row: &&Vec<Cell>| {
        words
            .iter()
            .zip(row.iter())
            .all(|(word, cell)| *cell == Cell::text(*word))
    };
    &table.rows.iter().find(matches).unwrap()[at]
}

fn log() -> RecordBatch {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/open-bandit.csv.gz");
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(File::open(path).unwrap()));
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let text = |at: usize| -> ArrayRef {
        Arc::new(
            records
                .iter()
                .map(|row| row.get(at))
                .collect::<StringArray>(),
        )
    };
    let whole = |at: usize| -> ArrayRef {
        Arc::new(
            records
                .iter()
                .map(|row| row[at].parse::<i64>().ok())
                .collect::<Int64Array>(),
        )
    };
    let real = |at: usize| -> ArrayRef {
        Arc::new(
            records
                .iter()
                .map(|row| row[at].parse::<f64>().ok())
                .collect::<Float64Array>(),
        )
    };
    RecordBatch::try_from_iter([
        ("event_ms", whole(0)),
        ("policy", text(1)),
        ("campaign", text(2)),
        ("item", whole(3)),
        ("place", whole(4)),
        ("click", whole(5)),
        ("propensity", real(6)),
    ])
    .unwrap()
}

const TABLES: &str = include_str!("fixture.sql");
