//! What a column is, and the Arrow schemas that follow from the lists of columns.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::columns::{EVENTS, INSTANCES, LOSSES, REJECTS};

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in Parquet and SQL.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What it means, in one line, with its unit.
    pub doc: &'static str,
}

/// The types columns have. Few, and known to every engine that reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Int64,
    /// 32-bit signed integer.
    Int32,
    /// 64-bit floating point.
    Float64,
    /// True or false.
    Bool,
    /// A day, UTC.
    Date,
    /// An instant to the millisecond, UTC, without a zone in its type.
    Timestamp,
}

impl ColumnKind {
    /// The Arrow type.
    #[must_use]
    pub const fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int64 => DataType::Int64,
            Self::Int32 => DataType::Int32,
            Self::Float64 => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, None),
        }
    }

    /// The type as portable SQL writes it.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Text => "VARCHAR",
            Self::Int64 => "BIGINT",
            Self::Int32 => "INTEGER",
            Self::Float64 => "DOUBLE PRECISION",
            Self::Bool => "BOOLEAN",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
        }
    }
}

/// Arrow schema of the clean event table: one row an event.
#[must_use]
pub fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(EVENTS));
    SCHEMA.clone()
}

/// Arrow schema of the instance table: one row a batch, read with max() by instance.
#[must_use]
pub fn instances_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(INSTANCES));
    SCHEMA.clone()
}

/// Arrow schema of the table of losses that a later instance reported for an earlier one.
#[must_use]
pub fn losses_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(LOSSES));
    SCHEMA.clone()
}

/// Arrow schema of the rejects: one row a refused event or an unreadable line.
#[must_use]
pub fn rejects_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(REJECTS));
    SCHEMA.clone()
}

fn arrow_schema(columns: &[Column]) -> SchemaRef {
    let fields = columns
        .iter()
        .map(|c| Field::new(c.name, c.kind.arrow(), c.nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

#[cfg(test)]
#[path = "schema_test.rs"]
mod tests;
