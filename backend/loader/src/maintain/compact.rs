//! Compaction: many small files of one partition and bucket become one, sorted as before.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use crate::error::Result;
use crate::lake::{CommitKind, DataFile, Snapshot, Table};
use crate::load::{Attempt, Loader, RunReport, Seen, Target, column};
use crate::session::files_table;
use crate::sql;

impl Loader {
    /// Joins small files where a partition has many; returns how many files went. The rows stay the same.
    ///
    /// # Errors
    /// As [`Loader::run_once`].
    pub async fn compact(&self) -> Result<u64> {
        let mut report = RunReport::default();
        let mut snapshot = self.lake().snapshot().await?;
        let mut gone = 0;
        loop {
            let groups = crowded(&snapshot);
            if groups.is_empty() {
                self.publish().await?;
                return Ok(gone);
            }
            let attempt = Attempt::after(&snapshot, self.lake(), self.options()).await?;
            let (target, context) = (attempt.target(), &attempt.context);
            let mut commit = attempt.commit(CommitKind::Compact);
            for files in groups.into_iter().take(GROUPS_AT_ONCE) {
                commit
                    .remove
                    .extend(files.iter().map(|file| file.path.clone()));
                commit
                    .add
                    .extend(join(target, context, &files, snapshot.floor_ms).await?);
            }
            let removed = commit.remove.len() as u64;
            let (now, won) = self.try_commit(&snapshot, commit, &mut report).await?;
            snapshot = now;
            gone += if won { removed } else { 0 };
        }
    }
}

/// Groups of small files that one file could replace.
fn crowded(snapshot: &Snapshot) -> Vec<Vec<DataFile>> {
    let mut groups: BTreeMap<(Table, &str, Option<u8>), Vec<DataFile>> = BTreeMap::new();
    let small = snapshot
        .files
        .values()
        .filter(|file| file.table != Table::MartContentHour && file.bytes < SMALL_BYTES);
    for file in small {
        groups
            .entry((file.table, &file.partition, file.bucket))
            .or_default()
            .push(file.clone());
    }
    groups
        .into_values()
        .filter(|files| files.len() >= CROWD)
        .collect()
}

async fn join(
    target: Target<'_>,
    context: &SessionContext,
    files: &[DataFile],
    floor_ms: i64,
) -> Result<Vec<DataFile>> {
    let Some(first) = files.first() else {
        return Ok(Vec::new());
    };
    let table = first.table;
    context.deregister_table(table.name())?;
    context.register_table(
        table.name(),
        files_table(target.at, target.schemas.of(table), files),
    )?;
    let groups = files.iter().fold((u64::MAX, 0), |(from, to), file| {
        (from.min(file.groups.0), to.max(file.groups.1))
    });
    let mut writer = target.writer(table, table.time_column()).groups(groups);
    let mut rows = context.sql(&query(table)).await?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        let batch = if table == Table::InstanceParts {
            with_tidy_seen(&batch, floor_ms)?
        } else {
            batch
        };
        writer
            .write(&batch, &first.partition, first.bucket, (false, false))
            .await?;
    }
    writer.finish().await
}

fn query(table: Table) -> String {
    match table {
        Table::Events => "SELECT * FROM events ORDER BY visitor_key, inst, seq".to_owned(),
        Table::FctImpression => {
            "SELECT * FROM fct_impression ORDER BY event_hour, inst, imp".to_owned()
        }
        Table::InstanceParts => format!(
            "SELECT t.*, s.version, s.seen FROM ({}) t JOIN (SELECT inst, hour_ms, max(version) AS version, string_agg(seen, ',') AS seen \
             FROM instance_parts GROUP BY inst, hour_ms) s ON t.inst = s.inst AND t.hour_ms = s.hour_ms ORDER BY t.inst, t.hour_ms",
            sql::INSTANCE_HOURS
        ),
        Table::Rejects | Table::Losses | Table::MartContentHour => {
            format!("SELECT * FROM {} ORDER BY received_ms", table.name())
        }
    }
}

/// Joined lists of numbers in order again; those of instances silent since before the floor are dropped.
fn with_tidy_seen(batch: &RecordBatch, floor_ms: i64) -> Result<RecordBatch> {
    let texts = arrow::compute::cast(column(batch, "seen")?, &arrow::datatypes::DataType::Utf8)?;
    let last = column(batch, "last_received_ms")?
        .as_primitive::<Int64Type>()
        .values();
    let tidy: StringArray = texts
        .as_string::<i32>()
        .iter()
        .zip(last)
        .map(|(text, last)| {
            let mut seen = Seen::default();
            match seen.add_text(text.unwrap_or_default()) {
                _ if *last < floor_ms => Some(String::new()),
                Ok(()) => Some(seen.to_string()),
                // Left as it is for the next load to report.
                Err(_) => text.map(str::to_owned),
            }
        })
        .collect();
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(
        |(field, values)| -> (&str, ArrayRef, bool) {
            let values: ArrayRef = if field.name() == "seen" {
                Arc::new(tidy.clone())
            } else {
                Arc::clone(values)
            };
            (field.name(), values, true)
        },
    );
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

/// Files of one partition and bucket that are worth joining.
const CROWD: usize = 8;

/// A file of this size is left alone.
const SMALL_BYTES: u64 = 32 << 20;

/// Groups joined in one commit: bounds what a lost race costs.
const GROUPS_AT_ONCE: usize = 64;
