//! Checkpoints: the folded log, so that opening a lake reads a few objects however long its log is.

use serde::{Deserialize, Serialize};

use super::snapshot::Snapshot;
use super::store::Lake;
use crate::error::{LoadError, Result};

/// The pointer to the newest checkpoint. It is only a hint: an old or missing one costs reading more of the log.
#[derive(Debug, Serialize, Deserialize)]
struct Hint {
    version: u64,
}

impl Lake {
    /// The newest checkpoint that the hint names, or the empty lake.
    pub(super) async fn checkpoint(&self) -> Result<Snapshot> {
        let Some(hint) = self.hint().await? else {
            return Ok(Snapshot::default());
        };
        Ok(self
            .read_checkpoint(hint.version)
            .await?
            .unwrap_or_default())
    }

    /// The newest checkpoint at or before a commit, or the empty lake.
    pub(super) async fn checkpoint_before(&self, version: u64) -> Result<Snapshot> {
        let due = version - version % CHECKPOINT_EVERY;
        if let Some(snapshot) = self.read_checkpoint(due).await? {
            return Ok(snapshot);
        }
        let newest = self.checkpoint().await?;
        Ok(if newest.version <= version {
            newest
        } else {
            Snapshot::default()
        })
    }

    async fn read_checkpoint(&self, version: u64) -> Result<Option<Snapshot>> {
        let path = checkpoint_path(version);
        let Some(body) = self.store().read(&path).await? else {
            return Ok(None);
        };
        let snapshot = serde_json::from_slice(&body);
        snapshot.map(Some).map_err(|error| LoadError::Log {
            path,
            reason: error.to_string(),
        })
    }

    /// Writes a checkpoint where one is due. A failure costs speed only, so it is logged and forgotten.
    pub(super) async fn maybe_checkpoint(&self, snapshot: &Snapshot) {
        if !snapshot.version.is_multiple_of(CHECKPOINT_EVERY) {
            return;
        }
        if let Err(error) = self.write_checkpoint(snapshot).await {
            tracing::warn!(version = snapshot.version, %error, "checkpoint not written");
        }
    }

    async fn write_checkpoint(&self, snapshot: &Snapshot) -> Result<()> {
        let body = serde_json::to_vec(snapshot).map_err(|error| LoadError::Log {
            path: checkpoint_path(snapshot.version),
            reason: error.to_string(),
        })?;
        self.store()
            .write(&checkpoint_path(snapshot.version), body)
            .await?;
        if self
            .hint()
            .await?
            .is_none_or(|hint| hint.version < snapshot.version)
        {
            let hint = format!("{{\"version\":{}}}", snapshot.version);
            self.store().write(HINT, hint.into_bytes()).await?;
        }
        Ok(())
    }

    async fn hint(&self) -> Result<Option<Hint>> {
        let body = self.store().read(HINT).await?;
        Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
    }
}

fn checkpoint_path(version: u64) -> String {
    format!("checkpoints/{version:020}.json")
}

const HINT: &str = "checkpoints/latest.json";

/// A reader opens at most this many commits after a checkpoint.
const CHECKPOINT_EVERY: u64 = 32;
