//! What an erasure does to facts: impressions are put together again from what is left, of instances only their loss counters stay.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::Int64Type;
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use crate::decode::instances_schema;
use crate::error::Result;
use crate::lake::{DataFile, Snapshot, Table};
use crate::load::{
    Change, LocalTable, Options, Target, column, inst_bucket, note_hours, refill, take_out,
    write_buckets, write_impressions,
};
use crate::session::{files_table, register_view};
use crate::sql;

/// The impressions that lost events, by instance.
pub(super) type Gone = HashMap<String, BTreeSet<i64>>;

/// Takes out what the erased events left in the tables of instances, losses and impressions, and works out what remains.
pub(super) async fn facts(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    gone: &Gone,
    change: &mut Change,
    options: &Options,
) -> Result<()> {
    let scratch = match &options.scratch {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let buckets: HashSet<u8> = gone.keys().map(|inst| inst_bucket(inst)).collect();
    let theirs = |file: &&DataFile| file.bucket.is_none_or(|bucket| buckets.contains(&bucket));
    let ours = |inst: &str| gone.contains_key(inst);
    let reporter = ["inst", "reported_by"];
    for file in snapshot.files_of(Table::Losses) {
        take_out(
            target,
            context,
            file,
            (&reporter, &ours),
            change,
            |_| Ok(()),
        )
        .await?;
    }
    let mut received = (i64::MAX, i64::MIN);
    let mut parts = LocalTable::create(scratch.path(), "parts", &target.schemas.instance_parts)?;
    let mut opened = Opened::default();
    for file in snapshot.files_of(Table::InstanceParts).filter(theirs) {
        let keep = |rows: &RecordBatch| {
            received = widen(received, rows)?;
            parts.write(rows)
        };
        let found = take_out(target, context, file, (&["inst"], &ours), change, keep).await?;
        opened.note(file, found);
    }
    parts.register(context, "instance_parts").await?;
    left(
        target,
        context,
        (snapshot, change),
        gone,
        received,
        scratch.path(),
    )
    .await?;
    let remains = instances(target, context, opened).await?;
    context.deregister_table("instance_parts")?;
    context.register_table(
        "instance_parts",
        files_table(
            target.at,
            Arc::clone(&target.schemas.instance_parts),
            &remains,
        ),
    )?;
    change.add.extend(remains);
    impressions(target, context, snapshot, gone, change, scratch.path()).await
}

/// The commits whose rows the files hold that were written again.
#[derive(Debug, Clone, Copy, Default)]
struct Opened(Option<(u64, u64)>);

impl Opened {
    fn note(&mut self, file: &DataFile, found: bool) {
        if found {
            let (from, to) = self.0.unwrap_or(file.groups);
            self.0 = Some((from.min(file.groups.0), to.max(file.groups.1)));
        }
    }
}

/// Registers what is left of the instances' events: `left` has all of it, `events` that of the impressions to put together again.
async fn left(
    target: Target<'_>,
    context: &SessionContext,
    (snapshot, change): (&Snapshot, &Change),
    gone: &Gone,
    received: (i64, i64),
    folder: &Path,
) -> Result<()> {
    let removed: HashSet<&String> = change.remove.iter().collect();
    let live = snapshot
        .files_of(Table::Events)
        .chain(change.add.iter().filter(|file| file.table == Table::Events));
    let files: Vec<&DataFile> = live
        .filter(|file| {
            !removed.contains(&file.path) && file.min_ms <= received.1 && file.max_ms >= received.0
        })
        .collect();
    let schema = &target.schemas.events;
    let mut all = LocalTable::create(folder, "left", schema)?;
    let mut affected = LocalTable::create(folder, "events", schema)?;
    let mut rows = context
        .read_table(files_table(target.at, Arc::clone(schema), files))?
        .execute_stream()
        .await?;
    while let Some(batch) = rows.try_next().await? {
        let theirs: BooleanArray = column(&batch, "inst")?
            .as_string::<i32>()
            .iter()
            .map(|inst| Some(inst.is_some_and(|inst| gone.contains_key(inst))))
            .collect();
        let batch = filter_record_batch(&batch, &theirs)?;
        affected.write(&filter_record_batch(&batch, &affected_rows(&batch, gone)?)?)?;
        all.write(&batch)?;
    }
    drop(rows);
    affected.register(context, "affected").await?;
    all.register(context, "events").await
}

/// Writes what remains of the instances: their loss counters, and what the events that are left say.
async fn instances(
    target: Target<'_>,
    context: &SessionContext,
    opened: Opened,
) -> Result<Vec<DataFile>> {
    let Some(groups) = opened.0 else {
        return Ok(Vec::new());
    };
    context.register_table(
        "instance_reports",
        Arc::new(EmptyTable::new(instances_schema())),
    )?;
    let remains = format!(
        "SELECT r.*, inst_bucket(inst) AS bucket FROM (\
         SELECT t.*, s.version, s.seen FROM ({}) t \
         JOIN (SELECT inst, max(version) AS version, string_agg(seen, ',') AS seen FROM instance_parts GROUP BY inst) s ON t.inst = s.inst \
         UNION ALL SELECT l.* REPLACE (CAST(0 AS BIGINT) AS received), CAST({} AS BIGINT) AS version, '' AS seen FROM ({}) l\
         ) r ORDER BY bucket, inst",
        sql::INSTANCE_ERASED,
        // The version of a row lies within the range of its file; the newest of an instance stands on the other row.
        groups.0,
        sql::INSTANCE_PARTS
    );
    let mut writer = target
        .writer(Table::InstanceParts, "last_received_ms")
        .groups(groups);
    let mut rows = context.sql(&remains).await?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        write_buckets(&mut writer, &batch, |_| Ok(String::new())).await?;
    }
    writer.finish().await
}

/// Takes the instances' impressions out and writes them again: those that lost events from what is left, all with today's verdict.
async fn impressions(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    gone: &Gone,
    change: &mut Change,
    folder: &Path,
) -> Result<()> {
    let schema = &target.schemas.fct_impression;
    let buckets: HashSet<u8> = gone.keys().map(|inst| inst_bucket(inst)).collect();
    let ours = |inst: &str| gone.contains_key(inst);
    let mut hours = BTreeSet::new();
    let mut others = LocalTable::create(folder, "others", schema)?;
    let mut opened = Opened::default();
    let theirs = |file: &&DataFile| file.bucket.is_none_or(|bucket| buckets.contains(&bucket));
    for file in snapshot.files_of(Table::FctImpression).filter(theirs) {
        let keep = |rows: &RecordBatch| {
            let affected = affected_rows(rows, gone)?;
            note_hours(&filter_record_batch(rows, &affected)?, &mut hours)?;
            others.write(&filter_record_batch(rows, &not(&affected)?)?)
        };
        let found = take_out(target, context, file, (&["inst"], &ours), change, keep).await?;
        opened.note(file, found);
    }
    let Some(groups) = opened.0 else {
        return Ok(());
    };
    others.register(context, "others").await?;
    let affected = context.table("affected").await?;
    context.deregister_table("events")?;
    context.register_table("events", affected.into_view())?;
    register_view(context, "instance_totals", sql::INSTANCE_TOTALS).await?;
    let columns: Vec<&str> = target
        .schemas
        .impression_parts
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let kept = context.table("others").await?.select_columns(&columns)?;
    let again = context.sql(sql::IMPRESSION_PARTS).await?;
    context.register_table("impression_parts", kept.union(again)?.into_view())?;
    let mut writer = target
        .writer(Table::FctImpression, "event_hour")
        .groups(groups);
    write_impressions(&mut writer, context, &mut hours).await?;
    change.add.extend(writer.finish().await?);
    refill(target, context, snapshot, &hours, change).await
}

fn affected_rows(rows: &RecordBatch, gone: &Gone) -> Result<BooleanArray> {
    let insts = column(rows, "inst")?.as_string::<i32>();
    let imps = column(rows, "imp")?.as_primitive::<Int64Type>();
    let affected = insts.iter().zip(imps).map(|(inst, imp)| Some(matches!((inst.and_then(|inst| gone.get(inst)), imp), (Some(known), Some(imp)) if known.contains(&imp))));
    Ok(affected.collect())
}

fn widen((from, to): (i64, i64), rows: &RecordBatch) -> Result<(i64, i64)> {
    let first = arrow::compute::min(column(rows, "first_received_ms")?.as_primitive::<Int64Type>());
    let last = arrow::compute::max(column(rows, "last_received_ms")?.as_primitive::<Int64Type>());
    Ok((
        first.map_or(from, |first| from.min(first)),
        last.map_or(to, |last| to.max(last)),
    ))
}
