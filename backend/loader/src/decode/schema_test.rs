//! `docs/columns.md` says what the code says.

use std::fmt::Write;

use super::*;

#[test]
fn the_documented_columns_are_the_columns() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/columns.md");
    let written = document();
    if std::env::var_os("EYELINE_WRITE_DOCS").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap();
    assert!(
        found == written,
        "docs/columns.md is not what the columns say: run this test with EYELINE_WRITE_DOCS=1"
    );
}

#[test]
fn names_are_unique_and_the_arrow_schemas_follow_the_lists() {
    for (columns, schema) in [
        (EVENTS, schema()),
        (INSTANCES, instances_schema()),
        (LOSSES, losses_schema()),
        (REJECTS, rejects_schema()),
    ] {
        let mut names: Vec<_> = columns.iter().map(|column| column.name).collect();
        assert!(
            names
                .iter()
                .eq(schema.fields().iter().map(|field| field.name()))
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), columns.len());
    }
}

fn document() -> String {
    let mut text = String::from(HEAD);
    for (table, about, columns) in [
        ("events", "One row an event: the clean table.", EVENTS),
        (
            "instances",
            "One row a batch; its counts are cumulative, so read them with `max()` by `inst`.",
            INSTANCES,
        ),
        (
            "losses",
            "One row a range of events that a later instance reported lost. Presence in `events` outranks it.",
            LOSSES,
        ),
        (
            "rejects",
            "One row a refused event or an unreadable line; kept 30 days.",
            REJECTS,
        ),
    ] {
        write!(text, "\n## {table}\n{about}\n\n| # | column | type | NULL | meaning |\n|---|---|---|---|---|\n").unwrap();
        for (at, column) in columns.iter().enumerate() {
            let null = if column.nullable { "yes" } else { "" };
            writeln!(
                text,
                "| {} | `{}` | {} | {null} | {} |",
                at + 1,
                column.name,
                column.kind.sql(),
                column.doc
            )
            .unwrap();
        }
    }
    text
}

const HEAD: &str = "# Columns of the clean tables

What the decoder (`backend/loader/src/decode`) writes and every engine reads. The order is part of the contract: a warehouse that
copies Parquet matches columns by position, so new columns go last. Times are UTC. Timestamps have no zone in their type.
A test keeps this page equal to `columns.rs`.
";
