//! Table `loads`: the log of commits, for the data quality page.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray, TimestampMillisecondArray};
use arrow::record_batch::RecordBatch;

use crate::error::Result;
use crate::lake::{LoadRow, Snapshot};

/// One row a commit, oldest first: the most recent ones.
pub(super) fn batch(snapshot: &Snapshot) -> Result<RecordBatch> {
    let rows = &snapshot.loads;
    let number = |value: fn(&LoadRow) -> u64| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|row| i64::try_from(value(row)).ok())
                .collect::<Int64Array>(),
        )
    };
    let columns: [(&str, ArrayRef); 13] = [
        ("version", number(|row| row.version)),
        (
            "kind",
            Arc::new(StringArray::from_iter_values(
                rows.iter().map(|row| row.kind.name()),
            )),
        ),
        (
            "at_ms",
            Arc::new(Int64Array::from_iter_values(
                rows.iter().map(|row| row.at_ms),
            )),
        ),
        (
            "at_ts",
            Arc::new(TimestampMillisecondArray::from_iter_values(
                rows.iter().map(|row| row.at_ms),
            )),
        ),
        ("raw_files", number(|row| row.raw_files)),
        ("raw_bytes", number(|row| row.raw_bytes)),
        ("files_added", number(|row| row.files_added)),
        ("files_removed", number(|row| row.files_removed)),
        ("lines", number(|row| row.counts.lines)),
        ("read", number(|row| row.counts.read)),
        ("written", number(|row| row.counts.written)),
        ("duplicate", number(|row| row.counts.duplicate)),
        ("rejected", number(|row| row.counts.rejected)),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )?)
}
