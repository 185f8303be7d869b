//! Instance parts and impressions of a micro-batch: every impression of a touched instance is put together again and replaces its old row.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::{filter_record_batch, not, partition};
use arrow::datatypes::{Date32Type, Int32Type, TimestampMillisecondType};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::clean::Target;
use super::copies::Copies;
use super::index::{Known, LocalTable};
use super::mart;
use super::scratch::column;
use super::seen::Seen;
use super::write::DataWriter;
use crate::error::Result;
use crate::lake::{DataFile, Snapshot, Table};
use crate::session::{files_table, register_view};
use crate::sql;
use crate::time::{DAY_MS, date};

/// Data files to add and to take away.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) add: Vec<DataFile>,
    pub(crate) remove: Vec<String>,
}

/// What a micro-batch brings to the facts.
pub(crate) struct News<'n> {
    pub(crate) events: &'n [DataFile],
    pub(crate) reports: LocalTable,
    pub(crate) known: Known,
    pub(crate) fresh: &'n HashMap<String, Seen>,
    pub(crate) touched: &'n Copies,
}

/// Works out instance parts, impressions and the marts of the hours they fall in.
pub(crate) async fn refresh(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    news: News<'_>,
    folder: &Path,
) -> Result<Change> {
    let schemas = target.schemas;
    context.register_table(
        "events",
        files_table(target.at, Arc::clone(&schemas.events), news.events),
    )?;
    news.reports.register(context, "instance_reports").await?;
    let parts = instance_parts(target, context, news.fresh).await?;
    let new_parts = context.read_table(files_table(
        target.at,
        Arc::clone(&schemas.instance_parts),
        &parts,
    ))?;
    let old_parts = context.read_table(Arc::new(MemTable::try_new(
        Arc::clone(&schemas.instance_parts),
        vec![news.known.parts],
    )?))?;
    context.register_table("instance_parts", old_parts.union(new_parts)?.into_view())?;
    register_view(context, "instance_totals", sql::INSTANCE_TOTALS).await?;

    let mut change = Change::default();
    let mut hours = BTreeSet::new();
    let groups = &news.known.groups;
    let concerned = |file: &&DataFile| groups.range(file.groups.0..=file.groups.1).next().is_some();
    let mut old_rows = LocalTable::create(folder, "impressions", &schemas.fct_impression)?;
    for file in snapshot.files_of(Table::FctImpression).filter(concerned) {
        take_out(
            target,
            context,
            file,
            (&["inst"], &|inst| news.touched.holds(inst)),
            &mut change,
            |rows| {
                note_hours(rows, &mut hours)?;
                old_rows.write(rows)
            },
        )
        .await?;
    }
    old_rows.register(context, "old_impressions").await?;
    let columns: Vec<&str> = schemas
        .impression_parts
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let old = context
        .table("old_impressions")
        .await?
        .select_columns(&columns)?;
    let new = context.sql(sql::IMPRESSION_PARTS).await?;
    context.register_table("impression_parts", old.union(new)?.into_view())?;
    let mut writer = target.writer(Table::FctImpression, "event_hour");
    write_impressions(&mut writer, context, &mut hours).await?;
    change.add.extend(writer.finish().await?);

    change.add.extend(parts);
    mart::refill(target, context, snapshot, &hours, &mut change).await?;
    Ok(change)
}

/// Writes the parts of the touched instances, with the numbers newly seen.
async fn instance_parts(
    target: Target<'_>,
    context: &SessionContext,
    fresh: &HashMap<String, Seen>,
) -> Result<Vec<DataFile>> {
    let mut writer = target.writer(Table::InstanceParts, "last_received_ms");
    let sorted = format!(
        "SELECT p.*, inst_bucket(inst) AS bucket FROM ({}) p ORDER BY bucket, inst, last_received_ms DESC",
        sql::INSTANCE_PARTS
    );
    let mut rows = context.sql(&sorted).await?.execute_stream().await?;
    let version = target.version.cast_signed();
    let mut last = String::new();
    while let Some(batch) = rows.try_next().await? {
        let insts = column(&batch, "inst")?.as_string::<i32>();
        // The numbers stand once, on the row that was received last: they are dropped when that one is old.
        let seen: StringArray = insts
            .iter()
            .map(|inst| {
                let inst = inst.unwrap_or_default();
                let first = last != inst;
                if first {
                    inst.clone_into(&mut last);
                }
                let numbers = fresh.get(inst).filter(|_| first);
                Some(numbers.map(Seen::to_string).unwrap_or_default())
            })
            .collect();
        let versions = Int64Array::from_value(version, batch.num_rows());
        let batch = with_columns(
            &batch,
            [
                ("version", Arc::new(versions) as ArrayRef),
                ("seen", Arc::new(seen)),
            ],
        )?;
        write_buckets(&mut writer, &batch, |_| Ok(String::new())).await?;
    }
    writer.finish().await
}

/// Whether an instance is among those looked for.
pub(crate) type Chosen<'c> = &'c (dyn Fn(&str) -> bool + Sync);

/// Hands the rows over that name a chosen instance in one of these columns, and writes the file again without them. A file that has
/// none stays; says whether it had any.
pub(crate) async fn take_out(
    target: Target<'_>,
    context: &SessionContext,
    file: &DataFile,
    (columns, chosen): (&[&str], Chosen<'_>),
    change: &mut Change,
    mut taken: impl FnMut(&RecordBatch) -> Result<()>,
) -> Result<bool> {
    let table = files_table(target.at, target.schemas.of(file.table), [file]);
    let mut insts = context
        .read_table(Arc::clone(&table))?
        .select_columns(columns)?
        .execute_stream()
        .await?;
    let mut any = false;
    while let Some(batch) = insts.try_next().await? {
        any |= chosen_rows(&batch, columns, chosen)?.true_count() > 0;
    }
    drop(insts);
    if !any {
        return Ok(false);
    }
    let mut rest = target
        .writer(file.table, file.table.time_column())
        .groups(file.groups);
    let mut rows = context.read_table(table)?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        let ours = chosen_rows(&batch, columns, chosen)?;
        taken(&filter_record_batch(&batch, &ours)?)?;
        rest.write(
            &filter_record_batch(&batch, &not(&ours)?)?,
            &file.partition,
            file.bucket,
            (false, false),
        )
        .await?;
    }
    change.remove.push(file.path.clone());
    change.add.extend(rest.finish().await?);
    Ok(true)
}

fn chosen_rows(batch: &RecordBatch, columns: &[&str], chosen: Chosen<'_>) -> Result<BooleanArray> {
    let mut rows = vec![false; batch.num_rows()];
    for name in columns {
        let insts = column(batch, name)?.as_string::<i32>().iter();
        for (row, inst) in rows.iter_mut().zip(insts) {
            *row |= inst.is_some_and(chosen);
        }
    }
    Ok(rows.into())
}

/// Puts all registered parts together and writes the impressions by bucket and day.
pub(crate) async fn write_impressions(
    writer: &mut DataWriter<'_>,
    context: &SessionContext,
    hours: &mut BTreeSet<i64>,
) -> Result<()> {
    let sorted = format!(
        "SELECT f.*, inst_bucket(inst) AS bucket FROM ({}) f ORDER BY bucket, event_date, event_hour, inst, imp",
        sql::FCT_IMPRESSION
    );
    let mut rows = context.sql(&sorted).await?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        note_hours(&batch, hours)?;
        write_buckets(writer, &batch, day_partition).await?;
    }
    Ok(())
}

/// Writes rows that come in the order of column `bucket` and then of their partitions.
pub(crate) async fn write_buckets(
    writer: &mut DataWriter<'_>,
    batch: &RecordBatch,
    folder: impl Fn(&RecordBatch) -> Result<String>,
) -> Result<()> {
    let mut keys = vec![Arc::clone(column(batch, "bucket")?)];
    keys.extend(batch.column_by_name("event_date").map(Arc::clone));
    for range in partition(&keys)?.ranges() {
        let rows = batch.slice(range.start, range.len());
        let bucket = column(&rows, "bucket")?
            .as_primitive::<Int32Type>()
            .value(0);
        writer
            .write(
                &rows,
                &folder(&rows)?,
                u8::try_from(bucket).ok(),
                (false, false),
            )
            .await?;
    }
    Ok(())
}

fn day_partition(rows: &RecordBatch) -> Result<String> {
    let day = column(rows, "event_date")?
        .as_primitive::<Date32Type>()
        .value(0);
    Ok(format!("event_date={}", date(i64::from(day) * DAY_MS)))
}

/// Notes the hours (ms) of the rows.
pub(crate) fn note_hours(rows: &RecordBatch, hours: &mut BTreeSet<i64>) -> Result<()> {
    let values = column(rows, "event_hour")?;
    let values = arrow::compute::cast(
        values,
        &arrow::datatypes::DataType::Timestamp(arrow::datatypes::TimeUnit::Millisecond, None),
    )?;
    hours.extend(
        values
            .as_primitive::<TimestampMillisecondType>()
            .iter()
            .flatten(),
    );
    Ok(())
}

fn with_columns<const N: usize>(
    batch: &RecordBatch,
    more: [(&str, ArrayRef); N],
) -> Result<RecordBatch> {
    let named = batch
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .zip(batch.columns().iter().cloned())
        .collect::<Vec<_>>();
    let more = more
        .into_iter()
        .map(|(name, values)| (name.to_owned(), values));
    Ok(RecordBatch::try_from_iter_with_nullable(
        named
            .into_iter()
            .chain(more)
            .map(|(name, values)| (name, values, true)),
    )?)
}
