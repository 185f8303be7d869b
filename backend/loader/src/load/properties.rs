//! How all Parquet of the lake is written.

use arrow::datatypes::{DataType, Schema};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

/// The writer's settings for a table of this schema. They change neither values nor types, only bytes and speed.
pub(crate) fn properties(schema: &Schema) -> WriterProperties {
    let zstd = ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES));
    for field in schema.fields() {
        let name = field.name().as_str();
        let path = || ColumnPath::from(name);
        if *field.data_type() == DataType::Utf8 && !PRUNED_BY.contains(&name) {
            properties = properties.set_column_statistics_enabled(path(), EnabledStatistics::None);
        }
        if HARDLY_REPEATED.contains(&name) {
            properties = properties.set_column_dictionary_enabled(path(), false);
        }
    }
    properties.build()
}

/// Text columns by whose smallest and largest value a reader may skip a row group; for all others comparing is in vain.
const PRUNED_BY: [&str; 1] = ["affiliate_id"];

/// Columns whose values are nearly all different: a dictionary of them is built only to be given up.
const HARDLY_REPEATED: [&str; 8] = [
    "event_ms",
    "event_ts",
    "request_id",
    "propensity",
    "visible_ms",
    "engaged_ms",
    "latency_ms",
    "order_id",
];

/// Fast, and within a few percent of the higher levels on these columns.
const ZSTD_LEVEL: i32 = 1;

/// Rows of a row group: the unit that a reader skips and a writer holds in memory.
const ROW_GROUP_ROWS: usize = 128 << 10;

/// Bytes of a row group, where rows are large.
const ROW_GROUP_BYTES: usize = 64 << 20;
