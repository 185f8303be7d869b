//! Warehouses: what the lake's log says, taken over commit by commit into tables that analysts query.
//!
//! A warehouse holds the lake as of one commit, named in its ledger (`eyeline_manifest`). A load brings it to a later commit in one
//! transaction: lock the ledger; stop where another loader has been here since; copy the files into stages; take out what was erased
//! and what is replaced; insert; write the ledger. So the place moves only with the rows, and a load that fails leaves nothing.

mod address;
mod ddl;
#[cfg(test)]
mod ddl_test;
mod erasures;
mod error;
mod loading;
mod migrate;
mod plan;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redshift")]
mod redshift;
mod spans;
mod statements;

use std::fmt::Debug;

use async_trait::async_trait;

use crate::lake::Lake;

pub use address::open;
pub use error::WarehouseError;
pub use loading::{Behind, WarehouseLoader, WarehouseOptions, WarehouseReport};
pub use plan::Plan;
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
#[cfg(feature = "redshift")]
pub use redshift::{Redshift, RedshiftAt, RedshiftOptions};

/// Tables that a lake's commits are taken over into.
#[async_trait]
pub trait Warehouse: Debug + Send + Sync {
    /// Makes what is missing: schema, tables, nullable columns, views.
    ///
    /// # Errors
    /// [`WarehouseError::Tables`] where what is there can't be used, with what to do.
    async fn prepare(&self) -> Result<(), WarehouseError>;

    /// The commit it stands at; `None` before the first load. Changes nothing.
    ///
    /// # Errors
    /// Where it can't be asked.
    async fn position(&self) -> Result<Option<Position>, WarehouseError>;

    /// Carries out a plan in one transaction, or nothing of it.
    ///
    /// # Errors
    /// Where it can't be carried out: nothing has changed then. After [`WarehouseError::Busy`] it may have been carried out all the
    /// same, its answer lost: [`Warehouse::position`] says so.
    async fn load(&self, lake: &Lake, plan: &Plan, now_ms: i64) -> Result<Loaded, WarehouseError>;

    /// What its keepers should do about its tables, in words; empty where all is well.
    ///
    /// # Errors
    /// Where it can't be asked.
    async fn advice(&self) -> Result<Vec<String>, WarehouseError>;
}

/// Where a warehouse stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The newest commit it has taken over.
    pub version: u64,
    /// The run that wrote that commit.
    pub run: String,
}

/// How a load ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// The warehouse stands where the plan leads.
    Done,
    /// Another loader was here since the plan was made, and nothing has changed.
    ByAnother,
}
