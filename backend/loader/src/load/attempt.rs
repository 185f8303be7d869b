//! One attempt at a commit: its name, the number the commit is to have, and where its files go.

use datafusion::prelude::SessionContext;

use super::clean::Target;
use super::options::Options;
use super::write::FileCounter;
use crate::error::{LoadError, Result};
use crate::lake::{Commit, CommitKind, Lake, Snapshot, StoreAt};
use crate::session::{Schemas, schemas, session};

/// Everything that rewrites the lake begins with one of these. Nothing it writes counts until its commit is in the log.
pub(crate) struct Attempt<'l> {
    /// What it asks its questions of.
    pub(crate) context: SessionContext,
    pub(crate) now_ms: i64,
    at: &'l StoreAt,
    schemas: &'static Schemas,
    run: String,
    counter: FileCounter,
    version: u64,
}

impl<'l> Attempt<'l> {
    /// An attempt at the commit after `snapshot`.
    pub(crate) async fn after(
        snapshot: &Snapshot,
        lake: &'l Lake,
        options: &Options,
    ) -> Result<Self> {
        Ok(Self {
            context: session(lake.store(), options.query)?,
            now_ms: options.now_ms(),
            at: lake.store(),
            schemas: schemas().await?,
            run: run_id()?,
            counter: FileCounter::default(),
            version: snapshot.version + 1,
        })
    }

    /// Where its files go.
    pub(crate) fn target(&self) -> Target<'_> {
        Target {
            at: self.at,
            schemas: self.schemas,
            run: &self.run,
            counter: &self.counter,
            version: self.version,
            now_ms: self.now_ms,
        }
    }

    /// Its commit, still empty.
    pub(crate) fn commit(&self, kind: CommitKind) -> Commit {
        Commit::new(kind, self.run.clone(), self.now_ms)
    }
}

/// Names an attempt: 96 random bits as hex.
pub(crate) fn run_id() -> Result<String> {
    let mut bits = [0u8; 12];
    getrandom::fill(&mut bits)
        .map_err(|error| LoadError::Scratch(std::io::Error::other(error.to_string())))?;
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}
