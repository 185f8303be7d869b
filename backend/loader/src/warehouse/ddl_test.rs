//! The warehouse's tables have the columns of the lake's, in their order: COPY matches by position.

use arrow::datatypes::{DataType, Field};

use crate::lake::Table;
use crate::session::schemas;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sql/ddl");

/// `EYELINE_BLESS=1` writes the files instead of comparing them.
#[tokio::test]
async fn the_warehouse_has_the_columns_of_the_lake() {
    for table in [
        Table::Events,
        Table::FctImpression,
        Table::MartContentHour,
        Table::InstanceParts,
        Table::Losses,
    ] {
        let schema = schemas().await.unwrap().of(table);
        let columns: Vec<String> = schema.fields().iter().map(|field| column(field)).collect();
        let (about, keys) = about(table);
        let wanted = format!(
            "-- {about}\nCREATE TABLE {} (\n    {}\n);\n-- Redshift: {keys}\n",
            table.name(),
            columns.join(",\n    ")
        );
        let path = format!("{FOLDER}/{}.sql", table.name());
        if std::env::var_os("EYELINE_BLESS").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "{path}");
    }
}

fn about(table: Table) -> (&'static str, &'static str) {
    match table {
        Table::Events => (
            "Clean events, one row an event; replaced by (inst, seq).",
            "DISTSTYLE KEY DISTKEY (visitor_key) COMPOUND SORTKEY (event_date, affiliate_id, content_id)",
        ),
        Table::FctImpression => (
            "One row an impression, whole; replaced by (inst, imp).",
            "DISTSTYLE KEY DISTKEY (visitor_key) COMPOUND SORTKEY (event_date, affiliate_id, content_id)",
        ),
        Table::MartContentHour => (
            "Additive counts by hour and content; replaced by event_hour and late_after_final.",
            "DISTSTYLE EVEN COMPOUND SORTKEY (event_date, affiliate_id, content_id)",
        ),
        Table::InstanceParts => (
            "What each load learnt about an SDK start; rows of one inst add up. Replaced by version.",
            "DISTSTYLE KEY DISTKEY (inst) COMPOUND SORTKEY (last_received_ms)",
        ),
        Table::Losses | Table::Rejects => (
            "Losses that a later instance reported for an earlier one.",
            "DISTSTYLE EVEN COMPOUND SORTKEY (received_ms)",
        ),
    }
}

fn column(field: &Field) -> String {
    // Lengths count bytes of UTF-8: an id of 128 characters takes up to 512.
    let kind = match (field.data_type(), field.name().as_str()) {
        (DataType::Utf8, "experiments" | "dimensions" | "extra" | "seen") => "VARCHAR(65535)",
        (DataType::Utf8, "page" | "target") => "VARCHAR(2048)",
        (DataType::Utf8, _) => "VARCHAR(512)",
        (DataType::Int64, _) => "BIGINT",
        (DataType::Int32, _) => "INTEGER",
        (DataType::Float64, _) => "DOUBLE PRECISION",
        (DataType::Boolean, _) => "BOOLEAN",
        (DataType::Date32, _) => "DATE",
        (DataType::Timestamp(..), _) => "TIMESTAMP",
        (other, name) => panic!("{name} has the type {other}, which no warehouse table can hold"),
    };
    let null = if field.is_nullable() { "" } else { " NOT NULL" };
    format!("{} {kind}{null}", field.name())
}
