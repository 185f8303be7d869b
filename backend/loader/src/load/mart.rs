//! The hourly mart: hours that changed are filled again from their impressions; hours that are final get what came later beside them.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::partition;
use arrow::datatypes::{DataType, TimeUnit, TimestampMillisecondType};
use datafusion::common::ScalarValue;
use datafusion::prelude::{SessionContext, col, lit};
use futures::TryStreamExt;

use super::clean::Target;
use super::facts::Change;
use super::scratch::column;
use super::write::DataWriter;
use crate::error::Result;
use crate::lake::{DataFile, Snapshot, Table};
use crate::session::files_table;
use crate::sql;
use crate::time::{HOUR_MS, date};

/// Fills the mart of these hours (ms) again, as the lake will be after `change`.
pub(crate) async fn refill(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    hours: &BTreeSet<i64>,
    change: &mut Change,
) -> Result<()> {
    let (frozen, filled): (Vec<&DataFile>, Vec<&DataFile>) = snapshot
        .files_of(Table::MartContentHour)
        .filter(|file| !file.late)
        .partition(|file| file.is_final);
    // An hour without a single impression has no file, but it was final, and read as empty, once a later hour was.
    let final_ms = frozen.iter().map(|file| file.min_ms).max();
    let filled: BTreeSet<i64> = filled.iter().map(|file| file.min_ms).collect();
    let closed: BTreeSet<i64> = hours
        .iter()
        .copied()
        .filter(|hour| Some(*hour) <= final_ms && !filled.contains(hour))
        .collect();
    let frozen = frozen
        .into_iter()
        .filter(|file| hours.contains(&file.min_ms));
    let open: BTreeSet<i64> = hours.difference(&closed).copied().collect();
    let replaced = |file: &&DataFile| {
        if file.late {
            closed.contains(&file.min_ms)
        } else {
            open.contains(&file.min_ms)
        }
    };
    let remove: Vec<String> = snapshot
        .files_of(Table::MartContentHour)
        .filter(replaced)
        .map(|file| file.path.clone())
        .collect();

    let mut writer = target.writer(Table::MartContentHour, "event_hour");
    if !open.is_empty() {
        impressions_of(target, context, snapshot, change, &open)?;
        write(&mut writer, context, sql::CONTENT_HOUR, (false, false)).await?;
    }
    if !closed.is_empty() {
        impressions_of(target, context, snapshot, change, &closed)?;
        let now = context.sql(sql::CONTENT_HOUR).await?;
        replace(context, "mart_now", now.into_view())?;
        replace(
            context,
            "mart_frozen",
            files_table(target.at, Arc::clone(&target.schemas.mart), frozen),
        )?;
        write(&mut writer, context, sql::CONTENT_HOUR_LATE, (true, true)).await?;
    }
    change.add.extend(writer.finish().await?);
    change.remove.extend(remove);
    Ok(())
}

/// Marks the hours that end at or before `until_ms` as final: their rows stay what they are.
pub(crate) async fn finalise(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    until_ms: i64,
) -> Result<Change> {
    let mut change = Change::default();
    for file in due(snapshot, until_ms).take(HOURS_AT_ONCE) {
        let mut writer = target
            .writer(Table::MartContentHour, "event_hour")
            .groups(file.groups);
        let table = files_table(target.at, Arc::clone(&target.schemas.mart), [file]);
        let mut rows = context.read_table(table)?.execute_stream().await?;
        while let Some(batch) = rows.try_next().await? {
            writer
                .write(
                    &flagged(&batch, (true, false))?,
                    &file.partition,
                    None,
                    (true, false),
                )
                .await?;
        }
        change.add.extend(writer.finish().await?);
        change.remove.push(file.path.clone());
    }
    Ok(change)
}

/// The mart's files of hours that are over but not final yet.
pub(crate) fn due(snapshot: &Snapshot, until_ms: i64) -> impl Iterator<Item = &DataFile> {
    snapshot
        .files_of(Table::MartContentHour)
        .filter(move |file| !file.is_final && file.max_ms + HOUR_MS <= until_ms)
}

/// Registers `fct_impression` with the impressions of these hours, as they are after `change`.
fn impressions_of(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    change: &Change,
    hours: &BTreeSet<i64>,
) -> Result<()> {
    let gone: BTreeSet<&String> = change.remove.iter().collect();
    let added = change
        .add
        .iter()
        .filter(|file| file.table == Table::FctImpression);
    let live = snapshot
        .files_of(Table::FctImpression)
        .chain(added)
        .filter(|file| !gone.contains(&file.path));
    let files = live.filter(|file| hours.range(file.min_ms..=file.max_ms).next().is_some());
    let wanted = hours
        .iter()
        .map(|hour| lit(ScalarValue::TimestampMillisecond(Some(*hour), None)))
        .collect();
    let table = files_table(target.at, Arc::clone(&target.schemas.fct_impression), files);
    let frame = context
        .read_table(table)?
        .filter(col("event_hour").in_list(wanted, false))?;
    replace(context, "fct_impression", frame.into_view())
}

async fn write(
    writer: &mut DataWriter<'_>,
    context: &SessionContext,
    sql: &str,
    flags: (bool, bool),
) -> Result<()> {
    let sorted = format!(
        "SELECT * FROM ({sql}) m ORDER BY event_hour, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt"
    );
    let mut rows = context.sql(&sorted).await?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        let hours = arrow::compute::cast(
            column(&batch, "event_hour")?,
            &DataType::Timestamp(TimeUnit::Millisecond, None),
        )?;
        for range in partition(&[Arc::clone(&hours)])?.ranges() {
            let hour = hours
                .as_primitive::<TimestampMillisecondType>()
                .value(range.start);
            let rows = flagged(&batch.slice(range.start, range.len()), flags)?;
            // One file an hour, so that filling an hour again replaces exactly its file.
            let folder = format!(
                "event_date={}/event_hour={}",
                date(hour),
                crate::time::hour(hour)
            );
            writer.write(&rows, &folder, None, flags).await?;
        }
    }
    Ok(())
}

/// The rows with the mart's two flags.
fn flagged(batch: &RecordBatch, (is_final, late): (bool, bool)) -> Result<RecordBatch> {
    let rows = batch.num_rows();
    let flag = |value: bool| -> ArrayRef { Arc::new(BooleanArray::from(vec![value; rows])) };
    let fields = batch.schema();
    let own = fields
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .zip(batch.columns().iter().cloned());
    let own = own.filter(|(name, _)| !["is_final", "late_after_final"].contains(name));
    let flags = [
        ("is_final", flag(is_final)),
        ("late_after_final", flag(late)),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(
        own.chain(flags).map(|(name, values)| (name, values, true)),
    )?)
}

fn replace(
    context: &SessionContext,
    name: &str,
    table: Arc<dyn datafusion::catalog::TableProvider>,
) -> Result<()> {
    context.deregister_table(name)?;
    context.register_table(name, table)?;
    Ok(())
}

/// Hours that one commit makes final.
const HOURS_AT_ONCE: usize = 256;
