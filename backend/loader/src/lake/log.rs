//! Reading the log to its end, and the one step that makes work count: creating the next commit if it is absent.

use bytes::Bytes;
use object_store::{ObjectStore, PutMode, PutOptions};

use super::commit::Commit;
use super::snapshot::Snapshot;
use super::store::Lake;
use crate::error::{LoadError, Result};

/// How an attempt to commit ended.
#[derive(Debug)]
pub(crate) enum Committed {
    /// It is in the log; the lake now stands here.
    Ours(Box<Snapshot>),
    /// Somebody else's commit has that number; plan again from here.
    Theirs(Box<Snapshot>),
}

impl Lake {
    /// The lake as of its newest commit.
    ///
    /// # Errors
    /// When the store fails or an object of the log is damaged.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let checkpoint = self.checkpoint().await?;
        self.catch_up(checkpoint).await
    }

    /// The lake as of one commit, for a reader that wants to see what another saw.
    ///
    /// # Errors
    /// When there is no such commit, or as [`Lake::snapshot`].
    pub async fn snapshot_at(&self, version: u64) -> Result<Snapshot> {
        let mut snapshot = self.checkpoint_before(version).await?;
        while snapshot.version < version {
            let next = self.expect_commit(snapshot.version + 1).await?;
            snapshot.apply(&next);
        }
        Ok(snapshot)
    }

    /// One commit of the log that must be there.
    pub(crate) async fn expect_commit(&self, version: u64) -> Result<Commit> {
        let found = self.read_commit(version).await?;
        found.ok_or_else(|| LoadError::Log {
            path: commit_path(version),
            reason: "there is no such commit".to_owned(),
        })
    }

    /// Reads on from a snapshot to the newest commit.
    ///
    /// # Errors
    /// As [`Lake::snapshot`].
    pub async fn catch_up(&self, mut snapshot: Snapshot) -> Result<Snapshot> {
        while let Some(commit) = self.read_commit(snapshot.version + 1).await? {
            snapshot.apply(&commit);
        }
        Ok(snapshot)
    }

    /// One commit of the log, or `None` past its end.
    ///
    /// # Errors
    /// When the store fails or the object is damaged.
    pub async fn read_commit(&self, version: u64) -> Result<Option<Commit>> {
        let path = commit_path(version);
        let Some(body) = self.store().read(&path).await? else {
            return Ok(None);
        };
        let damaged = |reason: String| LoadError::Log {
            path: path.clone(),
            reason,
        };
        let commit: Commit =
            serde_json::from_slice(&body).map_err(|error| damaged(error.to_string()))?;
        if commit.format > Commit::FORMAT {
            return Err(damaged(format!(
                "format {} is newer than this program",
                commit.format
            )));
        }
        if commit.version != version {
            return Err(damaged(format!("it says version {}", commit.version)));
        }
        Ok(Some(commit))
    }

    /// Makes `commit` the one after `base`, or says who was first. An unclear answer is settled by reading the log: what is found there
    /// may be our own, put by an attempt whose answer was lost.
    pub(crate) async fn commit(&self, base: &Snapshot, mut commit: Commit) -> Result<Committed> {
        commit.version = base.version + 1;
        let path = commit_path(commit.version);
        let body = serde_json::to_vec(&commit).map_err(|error| LoadError::Log {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let body = Bytes::from(body);
        let key = self.store().key(&path);
        let mut attempts = 0;
        let ours = loop {
            let options = PutOptions::from(PutMode::Create);
            let put = self
                .store()
                .store()
                .put_opts(&key, body.clone().into(), options);
            let Err(error) = put.await else {
                break true;
            };
            attempts += 1;
            match self.read_commit(commit.version).await? {
                Some(there) => break there.run == commit.run,
                // A client does not repeat a conditional put by itself when the connection breaks. Here it may: the log tells.
                None if attempts < PUT_ATTEMPTS => {}
                None => return Err(error.into()),
            }
        };
        let mut snapshot = base.clone();
        if ours {
            snapshot.apply(&commit);
            self.maybe_checkpoint(&snapshot).await;
            return Ok(Committed::Ours(Box::new(snapshot)));
        }
        Ok(Committed::Theirs(Box::new(self.catch_up(snapshot).await?)))
    }
}

/// Attempts to put one commit (ours); each has the store client's own retries within.
const PUT_ATTEMPTS: u32 = 3;

fn commit_path(version: u64) -> String {
    format!("commits/{version:020}.json")
}
