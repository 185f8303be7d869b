//! Erasure: a visitor's rows are written away under every key the visitor had, and later copies stay out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use eyeline_core::{Id, UnixMillis};
use futures::TryStreamExt;

use super::erased_facts::{Gone, facts};
use crate::error::{LoadError, Result};
use crate::lake::{Commit, CommitKind, Snapshot, Table, Tombstone};
use crate::load::{
    Attempt, Change, Loader, Options, RunReport, Target, column, ms, run_id, visitor_bucket,
    write_sorted,
};
use crate::session::files_table;
use crate::time::DAY_MS;

impl Loader {
    /// Erases what this visitor of this affiliate did up to now, in the lake and in everything that is loaded later. Raw files and
    /// rejects are not rewritten: they expire. The data files from before, which no reader sees any more, are deleted by the first
    /// run or retention six hours later.
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
            let request = Request {
                affiliate,
                anon: id,
                at_ms: now,
                whole: false,
                earliest_ms: now,
            };
            commit
                .tombstones
                .push(tombstone(&snapshot, self.options(), &request));
            let (next, won) = self.try_commit(&snapshot, commit, &mut report).await?;
            snapshot = next;
            if won {
                break;
            }
        }
        snapshot = erase_pending(self, snapshot, &mut report).await?;
        self.publish().await?;
        report.version = snapshot.version;
        Ok(report)
    }
}

/// Who is to be forgotten.
pub(crate) struct Request<'r> {
    pub(crate) affiliate: &'r str,
    pub(crate) anon: Id,
    pub(crate) at_ms: i64,
    /// The device has a new id since: whatever carries this one is meant, whenever it says it happened.
    pub(crate) whole: bool,
    /// When the first event (ms) was received of those that the same commit brings.
    pub(crate) earliest_ms: i64,
}

/// The erasure of one visitor, under the keys of every quarter that is in the lake or can still arrive.
pub(crate) fn tombstone(
    snapshot: &Snapshot,
    options: &Options,
    request: &Request<'_>,
) -> Tombstone {
    let at_ms = request.at_ms;
    // What is loaded later was received after the floor: the lake's own, or what the request itself raises it to.
    let floor = Some(snapshot.floor_ms).filter(|floor| *floor > 0);
    let since = snapshot
        .files_of(Table::Events)
        .map(|file| file.min_ms)
        .chain(floor)
        .chain([request.earliest_ms, at_ms - ms(options.seen_for)])
        .min()
        .unwrap_or(at_ms);
    let until = at_ms + ms(options.seen_for) + DAY_MS;
    let keys = options.salts.keys_between(
        UnixMillis::from_i64(since),
        UnixMillis::from_i64(until),
        request.affiliate,
        request.anon,
    );
    // The newest key names the visitor without telling who it is.
    let name = keys.last().copied().unwrap_or_default().cast_unsigned();
    Tombstone {
        id: format!("{name:016x}-{at_ms}"),
        visitor_keys: keys,
        at_ms,
        whole: request.whole,
        done: false,
    }
}

/// By visitor key, until when (ms) what happened is erased.
pub(crate) fn erased_until(tombstones: &[Tombstone]) -> HashMap<i64, i64> {
    let mut until = HashMap::new();
    for tombstone in tombstones {
        let at_ms = if tombstone.whole {
            i64::MAX
        } else {
            tombstone.at_ms
        };
        for key in &tombstone.visitor_keys {
            let at = until.entry(*key).or_insert(at_ms);
            *at = at_ms.max(*at);
        }
    }
    until
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
    let attempt = Attempt::after(snapshot, loader.lake(), loader.options()).await?;
    let (target, context) = (attempt.target(), &attempt.context);
    let mut change = Change::default();
    let gone = clean(target, context, snapshot, pending, &mut change).await?;
    if !gone.is_empty() {
        facts(
            target,
            context,
            snapshot,
            &gone,
            &mut change,
            loader.options(),
        )
        .await?;
    }
    let mut commit = attempt.commit(CommitKind::Erase);
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

/// Writes the clean files of the visitors' buckets again where rows go.
async fn clean(
    target: Target<'_>,
    context: &SessionContext,
    snapshot: &Snapshot,
    pending: &[Tombstone],
    change: &mut Change,
) -> Result<Gone> {
    let until = erased_until(pending);
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
