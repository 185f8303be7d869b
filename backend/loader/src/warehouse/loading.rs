//! One load of a warehouse: from where it stands to the newest commit that is old enough; and how far it is behind.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::error::{Result, WarehouseError};
use super::plan::Plan;
use super::{Loaded, Warehouse};
use crate::lake::{Lake, Snapshot};
use crate::load::{Clock, ms, system_time};

/// How a [`WarehouseLoader`] works.
#[derive(Clone)]
#[non_exhaustive]
pub struct WarehouseOptions {
    /// Commits younger than this wait for a later load, so that a warehouse that bills by the load gets fewer and larger ones. At most
    /// 3 hours: what a commit took away is deleted after 6.
    pub min_age: Duration,
    /// How often a load that the warehouse could not take is tried, all in all.
    pub attempts: u32,
    /// The pause before the second attempt; each further one is twice as long.
    pub first_pause: Duration,
    /// The time.
    pub clock: Clock,
}

impl Default for WarehouseOptions {
    fn default() -> Self {
        Self {
            min_age: Duration::ZERO,
            attempts: 4,
            first_pause: Duration::from_secs(1),
            clock: std::sync::Arc::new(system_time),
        }
    }
}

impl std::fmt::Debug for WarehouseOptions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("WarehouseOptions")
            .field("min_age", &self.min_age)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What a load did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WarehouseReport {
    /// The commit the warehouse stood at.
    pub from: u64,
    /// The commit it stands at now.
    pub to: u64,
    /// Files copied.
    pub files: u64,
    /// Their rows, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// Every row was taken over again.
    pub anew: bool,
    /// Other loaders took all commits over meanwhile; this one has changed nothing.
    pub by_another: bool,
    /// Attempts that the warehouse could not take.
    pub retries: u32,
}

/// How far a warehouse is behind its lake: what the lake lists less what is loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// The commit the warehouse stands at.
    pub loaded: u64,
    /// The lake's newest commit.
    pub newest: u64,
    /// Files that a load would copy now.
    pub files: u64,
    /// Their rows, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// How long (ms) the oldest commit waits that is not loaded; 0 where none does.
    pub waits_ms: i64,
}

/// Brings a warehouse up to its lake. Any number may work on one warehouse: one of them takes a commit over, the others stop.
#[derive(Debug)]
pub struct WarehouseLoader {
    lake: Lake,
    warehouse: Box<dyn Warehouse>,
    options: WarehouseOptions,
}

impl WarehouseLoader {
    /// A loader from this lake to this warehouse.
    ///
    /// # Errors
    /// Where `min_age` is longer than commits' files are sure to stay.
    pub fn new(
        lake: Lake,
        warehouse: Box<dyn Warehouse>,
        options: WarehouseOptions,
    ) -> Result<Self> {
        if options.min_age > MIN_AGE_MAX {
            return Err(WarehouseError::Address(
                "commits can't wait longer than 3 hours: files they took away are deleted after 6"
                    .to_owned(),
            ));
        }
        Ok(Self {
            lake,
            warehouse,
            options,
        })
    }

    /// Takes over everything that is old enough, in one transaction. What the warehouse could not take is tried again a few times.
    ///
    /// # Errors
    /// [`WarehouseError`]: the warehouse stands where it stood, or, after [`WarehouseError::Busy`], where the load leads.
    pub async fn load_once(&self) -> Result<WarehouseReport> {
        let (mut retries, mut lost) = (0, 0);
        let mut pause = self.options.first_pause;
        loop {
            match self.attempt().await {
                // What the other has not taken over is ours to take: it may have planned before the newest commits.
                Ok(report) if report.by_another && lost < self.options.attempts => lost += 1,
                Ok(report) => {
                    return Ok(WarehouseReport {
                        retries,
                        by_another: lost > 0 && report.to == report.from,
                        ..report
                    });
                }
                Err(error) if error.is_retryable() && retries + 1 < self.options.attempts => {
                    tracing::warn!(%error, "the warehouse could not take a load, trying again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                    retries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// How far the warehouse is behind. Changes nothing there.
    ///
    /// # Errors
    /// Where warehouse or lake can't be asked.
    pub async fn behind(&self) -> Result<Behind> {
        let snapshot = self.lake.snapshot().await?;
        let loaded = self.place().await?;
        let mut behind = Behind {
            loaded,
            newest: snapshot.version,
            ..Behind::default()
        };
        if snapshot.version > loaded {
            let plan = Plan::new(&self.lake, loaded, &snapshot).await?;
            behind.files = plan.files();
            behind.rows = plan.rows();
            let oldest = self.lake.expect_commit(loaded + 1).await?;
            behind.waits_ms = (self.now_ms() - oldest.at_ms).max(0);
        }
        Ok(behind)
    }

    /// What the warehouse's keepers should do about its tables.
    ///
    /// # Errors
    /// Where it can't be asked.
    pub async fn advice(&self) -> Result<Vec<String>> {
        self.warehouse.advice().await
    }

    async fn attempt(&self) -> Result<WarehouseReport> {
        self.warehouse.prepare().await?;
        let from = self.place().await?;
        let target = self.target().await?;
        let mut report = WarehouseReport {
            from,
            to: from,
            ..WarehouseReport::default()
        };
        if target.version <= from {
            return Ok(report);
        }
        let plan = Plan::new(&self.lake, from, &target).await?;
        match self
            .warehouse
            .load(&self.lake, &plan, self.now_ms())
            .await?
        {
            Loaded::ByAnother => report.by_another = true,
            Loaded::Done => {
                report.to = plan.to;
                report.files = plan.files();
                report.rows = plan.rows();
                report.anew = plan.anew;
            }
        }
        Ok(report)
    }

    /// The commit the warehouse stands at, where it is a commit of this lake.
    async fn place(&self) -> Result<u64> {
        let Some(position) = self.warehouse.position().await? else {
            return Ok(0);
        };
        let commit = self.lake.read_commit(position.version).await?;
        let ours = commit.map_or_else(|| "none".to_owned(), |commit| commit.run);
        if ours != position.run {
            return Err(WarehouseError::OtherLake {
                version: position.version,
                theirs: position.run,
                ours,
            });
        }
        Ok(position.version)
    }

    /// The lake as of the newest commit that is old enough.
    async fn target(&self) -> Result<Snapshot> {
        let newest = self.lake.snapshot().await?;
        let until = self.now_ms() - ms(self.options.min_age);
        let old_enough = newest.loads.iter().rev().find(|row| row.at_ms <= until);
        match old_enough {
            Some(row) if row.version == newest.version => Ok(newest),
            Some(row) => Ok(self.lake.snapshot_at(row.version).await?),
            None => Ok(Snapshot::default()),
        }
    }

    fn now_ms(&self) -> i64 {
        (self.options.clock)().as_i64()
    }
}

const MIN_AGE_MAX: Duration = Duration::from_secs(3 * 3_600);
