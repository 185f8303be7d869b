//! Erasure: a visitor's rows are written away under every key the visitor had, and later copies stay out.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use eyeline_core::{Id, UnixMillis};
use futures::TryStreamExt;

use crate::error::{LoadError, Result};
use crate::lake::{Commit, CommitKind, DataFile, Snapshot, Table, Tombstone};
use crate::load::{
    Change, FileCounter, Loader, LocalTable, Options, RunReport, Target, column, inst_bucket, ms,
    note_hours, refill, run_id, take_out, visitor_bucket, write_impressions, write_sorted,
};
use crate::session::{files_table, register_view, schemas, session};
use crate::sql;
use crate::time::DAY_MS;

impl Loader {
    /// Erases what this visitor of this affiliate did up to now, in the lake and in everything that is loaded later. Raw files and
    /// rejects are not rewritten: they expire.
    ///
    /// # Errors
    /// When `anon` is not a visitor id, or as [`Loader::run_once`].
    pub async fn erase(&self, affiliate: &str, anon: &str) -> Result<RunReport> {
        let id = Id::parse(anon).map_err(|_| {
            LoadError::Config("the visitor id must be 16 characters of base64url".to_owned())
        })?;
        let mut report = RunReport::default();
        let mut snapshot = self.lake().snapshot().await?;
        loop {
            let now = self.options().now_ms();
            let mut commit = Commit::new(CommitKind::Erase, run_id()?, now);
            commit
                .tombstones
                .push(tombstone(&snapshot, self.options(), affiliate, id, now));
            let (next, won) = self.try_commit(&snapshot, commit, &mut report).await?;
            snapshot = next;
            if won {
                break;
            }
        }
        snapshot = erase_pending(self, snapshot, &mut report).await?;
        report.version = snapshot.version;
        Ok(report)
    }
}

/// The erasure of one visitor up to `at_ms`, under the keys of every quarter that is in the lake or can still arrive.
pub(crate) fn tombstone(
    snapshot: &Snapshot,
    options: &Options,
    affiliate: &str,
    anon: Id,
    at_ms: i64,
) -> Tombstone {
    let earliest = snapshot
        .files_of(Table::Events)
        .map(|file| file.min_ms)
        .min()
        .unwrap_or(at_ms);
    let since = earliest.min(at_ms - ms(options.seen_for));
    let until = at_ms + ms(options.seen_for) + DAY_MS;
    let keys = options.salts.keys_between(
        UnixMillis::from_i64(since),
        UnixMillis::from_i64(until),
        affiliate,
        anon,
    );
    // The newest key names the visitor without telling who it is.
    let name = keys.last().copied().unwrap_or_default().cast_unsigned();
    Tombstone {
        id: format!("{name:016x}-{at_ms}"),
        visitor_keys: keys,
        at_ms,
        done: false,
    }
}

/// Carries out the erasures that are still to be done.
pub(crate) async fn erase_pending(
    loader: &Loader,
    mut snapshot: Snapshot,
    report: &mut RunReport,
) -> Result<Snapshot> {
    loop {
        let pending: Vec<Tombstone> = snapshot
            .tombstones
            .iter()
            .filter(|erasure| !erasure.done)
            .cloned()
            .collect();
        if pending.is_empty() {
            return Ok(snapshot);
        }
        let commit = rewrite(loader, &snapshot, &pending).await?;
        let (now, won) = loader.try_commit(&snapshot, commit, report).await?;
        snapshot = now;
        report.erased += if won { pending.len() as u64 } else { 0 };
    }
}

async fn rewrite(loader: &Loader, snapshot: &Snapshot, pending: &[Tombstone]) -> Result<Commit> {
    let at = loader.lake().store();
    let now_ms = loader.options().now_ms();
    let run = run_id()?;
    let counter = FileCounter::default();
    let target = Target {
        at,
        schemas: schemas().await?,
        run: &run,
        counter: &counter,
        version: snapshot.version + 1,
        now_ms,
    };
    let context = session(at, loader.options().query)?;
    let mut change = Change::default();
    let gone = clean(target, &context, snapshot, pending, &mut change).await?;
    if !gone.is_empty() {
        facts(
            target,
            &context,
            snapshot,
            &gone,
            &mut change,
            loader.options(),
        )
        .await?;
    }
    let mut commit = Commit::new(CommitKind::Erase, run.clone(), now_ms);
    commit.tombstones = pending
        .iter()
        .map(|erasure| Tombstone {
            done: true,
            ..erasure.clone()
        })
        .collect();
    commit.add = change.add;
    commit.remove = change.remove;
    Ok(commit)
}

/// The impressions that lost events, by instance.
type Gone = HashMap<String, BTreeSet<i64>>;

/// Writes the clean files of the visitors' buckets again where rows go.
async fn clean(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    pending: &[Tombstone],
    change: &mut Change,
) -> Result<Gone> {
    let mut until: HashMap<i64, i64> = HashMap::new();
    for erasure in pending {
        for key in &erasure.visitor_keys {
            let at = until.entry(*key).or_insert(erasure.at_ms);
            *at = erasure.at_ms.max(*at);
        }
    }
    let buckets: HashSet<u8> = until.keys().map(|key| visitor_bucket(*key)).collect();
    let mut gone = Gone::new();
    let opened = snapshot
        .files_of(Table::Events)
        .filter(|file| file.bucket.is_none_or(|bucket| buckets.contains(&bucket)));
    for file in opened {
        let mut rest = target
            .writer(Table::Events, "received_ms")
            .groups(file.groups);
        let table = files_table(target.at, target.schemas.of(Table::Events), [file]);
        if !holds(context, Arc::clone(&table), &until).await? {
            continue;
        }
        let mut rows = context.read_table(table)?.execute_stream().await?;
        while let Some(batch) = rows.try_next().await? {
            let erased = erased_rows(&batch, &until)?;
            note_gone(&filter_record_batch(&batch, &erased)?, &mut gone)?;
            write_sorted(
                &mut rest,
                file.bucket.unwrap_or_default(),
                &filter_record_batch(&batch, &not(&erased)?)?,
            )
            .await?;
        }
        change.remove.push(file.path.clone());
        change.add.extend(rest.finish().await?);
    }
    Ok(gone)
}

/// Whether a file has any row to erase; reads two columns.
async fn holds(
    context: &SessionContext,
    table: Arc<dyn datafusion::catalog::TableProvider>,
    until: &HashMap<i64, i64>,
) -> Result<bool> {
    let mut rows = context
        .read_table(table)?
        .select_columns(&["visitor_key", "event_ms"])?
        .execute_stream()
        .await?;
    while let Some(batch) = rows.try_next().await? {
        if erased_rows(&batch, until)?.true_count() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn erased_rows(batch: &RecordBatch, until: &HashMap<i64, i64>) -> Result<BooleanArray> {
    let keys = column(batch, "visitor_key")?
        .as_primitive::<Int64Type>()
        .values();
    let times = column(batch, "event_ms")?
        .as_primitive::<Int64Type>()
        .values();
    Ok(keys
        .iter()
        .zip(times)
        .map(|(key, at)| Some(until.get(key).is_some_and(|until| at <= until)))
        .collect())
}

fn note_gone(rows: &RecordBatch, gone: &mut Gone) -> Result<()> {
    let insts = column(rows, "inst")?.as_string::<i32>();
    let imps = column(rows, "imp")?.as_primitive::<Int64Type>();
    for row in 0..rows.num_rows() {
        let known = gone.entry(insts.value(row).to_owned()).or_default();
        if imps.is_valid(row) {
            known.insert(imps.value(row));
        }
    }
    Ok(())
}

/// Takes the impressions out that lost events and puts them together again from what is left.
async fn facts(
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
    let mut hours = BTreeSet::new();
    let mut others = LocalTable::create(scratch.path(), "others", &target.schemas.fct_impression)?;
    let mut groups = (u64::MAX, 0);
    let mut received = (i64::MAX, i64::MIN);
    for file in snapshot
        .files_of(Table::FctImpression)
        .filter(|file| file.bucket.is_none_or(|bucket| buckets.contains(&bucket)))
    {
        let before = change.remove.len();
        take_out(
            target,
            context,
            file,
            |inst| gone.contains_key(inst),
            change,
            |rows| {
                let affected = affected_rows(rows, gone)?;
                let lost = filter_record_batch(rows, &affected)?;
                note_hours(&lost, &mut hours)?;
                received = widen(received, &lost)?;
                others.write(&filter_record_batch(rows, &not(&affected)?)?)
            },
        )
        .await?;
        if change.remove.len() > before {
            groups = (groups.0.min(file.groups.0), groups.1.max(file.groups.1));
        }
    }
    if groups.1 == 0 {
        return Ok(());
    }
    others.register(context, "others").await?;
    let removed: HashSet<&String> = change.remove.iter().collect();
    let live = snapshot
        .files_of(Table::Events)
        .chain(change.add.iter().filter(|file| file.table == Table::Events));
    let left: Vec<&DataFile> = live
        .filter(|file| {
            !removed.contains(&file.path) && file.min_ms <= received.1 && file.max_ms >= received.0
        })
        .collect();
    let mut events = LocalTable::create(scratch.path(), "left", &target.schemas.events)?;
    let mut rows = context
        .read_table(files_table(
            target.at,
            target.schemas.of(Table::Events),
            left,
        ))?
        .execute_stream()
        .await?;
    while let Some(batch) = rows.try_next().await? {
        events.write(&filter_record_batch(&batch, &affected_rows(&batch, gone)?)?)?;
    }
    drop(rows);
    events.register(context, "events").await?;
    let parts = files_table(
        target.at,
        target.schemas.of(Table::InstanceParts),
        snapshot.files_of(Table::InstanceParts),
    );
    context.register_table("instance_parts", parts)?;
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
