//! Retention: raw files and rejects go after 30 days at the latest, then erasures, old clean rows, and files nobody names.

use std::collections::HashSet;

use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use serde::Serialize;

use crate::error::Result;
use crate::lake::{Commit, CommitKind, Snapshot, Table};
use crate::load::{Loader, RunReport, ms, run_id};
use crate::time::HOUR_MS;

/// What retention took away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Retained {
    /// Raw objects deleted.
    pub raw_files: u64,
    /// Data files dropped from the tables.
    pub data_files: u64,
    /// Objects deleted that no commit names any more, or ever did.
    pub unnamed: u64,
}

impl Loader {
    /// Deletes what has been kept long enough. A raw file that no commit has consumed is never deleted.
    ///
    /// # Errors
    /// As [`Loader::run_once`]. A rerun goes on where this one stopped.
    pub async fn retain(&self) -> Result<Retained> {
        let mut retained = Retained::default();
        let mut report = RunReport::default();
        let mut snapshot = self.lake().snapshot().await?;
        loop {
            let commit = self.expire(&snapshot, &mut retained).await?;
            if commit.remove.is_empty()
                && commit.raw_expired.is_empty()
                && commit.tombstones_expired.is_empty()
            {
                break;
            }
            let dropped = commit.remove.len() as u64;
            let (now, won) = self.try_commit(&snapshot, commit, &mut report).await?;
            snapshot = now;
            if won {
                retained.data_files += dropped;
                break;
            }
        }
        retained.unnamed = self.sweep(&snapshot).await?;
        self.note_sweep(snapshot, &mut report).await?;
        self.publish().await?;
        Ok(retained)
    }

    /// Deletes the files that an erasure superseded, once nobody can be reading them: also where nobody calls [`Loader::retain`].
    pub(crate) async fn sweep_erased(
        &self,
        snapshot: Snapshot,
        report: &mut RunReport,
    ) -> Result<Snapshot> {
        if !sweep_due(&snapshot, self.options().now_ms()) {
            return Ok(snapshot);
        }
        self.sweep(&snapshot).await?;
        self.note_sweep(snapshot, report).await
    }

    /// Leaves in the log that what was erased is swept. Where another commit comes first, the next run sweeps again.
    async fn note_sweep(&self, snapshot: Snapshot, report: &mut RunReport) -> Result<Snapshot> {
        let now = self.options().now_ms();
        if !sweep_due(&snapshot, now) {
            return Ok(snapshot);
        }
        let commit = Commit::new(CommitKind::Retain, run_id()?, now);
        Ok(self.try_commit(&snapshot, commit, report).await?.0)
    }

    /// Deletes expired raw files and says what the log can drop.
    async fn expire(&self, snapshot: &Snapshot, retained: &mut Retained) -> Result<Commit> {
        let options = self.options();
        let now = options.now_ms();
        let raw_until = now - ms(options.raw_for);
        let mut commit = Commit::new(CommitKind::Retain, run_id()?, now);
        for (path, _) in snapshot
            .raw
            .iter()
            .filter(|(_, modified)| **modified < raw_until)
        {
            let (store, key) = self.source().locate(path);
            match store.delete(&key).await {
                Ok(()) => retained.raw_files += 1,
                // Deleted by a run that was stopped, or by the bucket's own lifecycle rule.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            commit.raw_expired.push(path.clone());
        }
        // Clean rows and facts stay: a mart hour that is final is never counted again, so what it was counted from must not go.
        let expired = snapshot
            .files
            .values()
            .filter(|file| file.table == Table::Rejects && file.max_ms < raw_until);
        commit.remove.extend(expired.map(|file| file.path.clone()));
        // What an erased visitor's device may still send is older than the index then, and refused as such.
        let forgotten = snapshot
            .tombstones
            .iter()
            .filter(|erasure| erasure.done && erasure.at_ms < now - 2 * ms(options.seen_for));
        commit
            .tombstones_expired
            .extend(forgotten.map(|erasure| erasure.id.clone()));
        Ok(commit)
    }

    /// Deletes data objects that no commit names, once nobody can be reading or about to commit them.
    async fn sweep(&self, snapshot: &Snapshot) -> Result<u64> {
        let at = self.lake().store();
        let recent = self.recently_removed(snapshot).await?;
        let young = self.options().now_ms() - SWEEP_AFTER_MS;
        let mut listing = at.store().list(Some(&at.key("data")));
        let mut unnamed = Vec::new();
        while let Some(meta) = listing.try_next().await? {
            let Some(path) = at.relative(&meta.location) else {
                continue;
            };
            let old = meta.last_modified.timestamp_millis() < young;
            if old && !snapshot.files.contains_key(&path) && !recent.contains(&path) {
                unnamed.push(meta.location);
            }
        }
        for key in &unnamed {
            at.store().delete(key).await?;
        }
        Ok(unnamed.len() as u64)
    }

    /// Files that a commit of the last hours took away: a reader of an earlier commit may still have them open.
    async fn recently_removed(&self, snapshot: &Snapshot) -> Result<HashSet<String>> {
        let since = self.options().now_ms() - SWEEP_AFTER_MS;
        let mut paths = HashSet::new();
        let recent = snapshot
            .loads
            .iter()
            .rev()
            .take_while(|row| row.at_ms >= since)
            .filter(|row| row.files_removed > 0);
        for row in recent {
            if let Some(commit) = self.lake().read_commit(row.version).await? {
                paths.extend(commit.remove);
            }
        }
        Ok(paths)
    }
}

/// Whether an erasure superseded files long enough ago, and retention has not been by since.
fn sweep_due(snapshot: &Snapshot, now_ms: i64) -> bool {
    let last_sweep_ms = snapshot
        .loads
        .iter()
        .filter(|row| row.kind == CommitKind::Retain)
        .map(|row| row.at_ms)
        .max();
    snapshot
        .loads
        .iter()
        .filter(|row| row.kind == CommitKind::Erase && row.files_removed > 0)
        .map(|row| row.at_ms + SWEEP_AFTER_MS)
        .any(|due| due <= now_ms && last_sweep_ms.is_none_or(|swept| swept < due))
}

/// Longer than any query or micro-batch takes.
const SWEEP_AFTER_MS: i64 = 6 * HOUR_MS;
