//! Reading a lake: a DataFusion session whose tables hold exactly the files of one commit.

mod engine;
mod loads;
mod schemas;
#[cfg(test)]
mod session_test;
mod table;
mod whole;

use arrow::record_batch::RecordBatch;
use datafusion::prelude::SessionContext;

use crate::error::Result;
use crate::lake::{Lake, Snapshot, Table};
use crate::sql;

pub use engine::QueryLimits;
pub(crate) use engine::{files_table, register_view, session};
pub(crate) use schemas::{Schemas, schemas};

/// A view of a lake as of one commit. It never changes: what others commit meanwhile is seen by the next reader.
///
/// Tables: `events`, `rejects`, `instances` (loss by SDK start), `instance_parts`, `fct_impression`, `mart_content_hour`, `loads`.
#[derive(Clone)]
pub struct LakeReader {
    snapshot: Snapshot,
    context: SessionContext,
}

impl std::fmt::Debug for LakeReader {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("LakeReader")
            .field("version", &self.snapshot.version)
            .finish_non_exhaustive()
    }
}

impl LakeReader {
    /// Opens the newest commit with default limits.
    ///
    /// # Errors
    /// When the store fails or the log is damaged.
    pub async fn open(lake: &Lake) -> Result<Self> {
        Self::with_limits(lake, lake.snapshot().await?, QueryLimits::default()).await
    }

    /// Opens this snapshot of the lake.
    ///
    /// # Errors
    /// When a table can't be planned; no file is read yet.
    pub async fn with_limits(lake: &Lake, snapshot: Snapshot, limits: QueryLimits) -> Result<Self> {
        let context = session(lake.store(), limits)?;
        let schemas = schemas().await?;
        for table in Table::ALL {
            let files = files_table(lake.store(), schemas.of(table), snapshot.files_of(table));
            context.register_table(table.name(), files)?;
        }
        context.register_batch("loads", loads::batch(&snapshot)?)?;
        register_view(&context, "instance_totals", sql::INSTANCE_TOTALS).await?;
        register_view(&context, "instances", sql::INSTANCES).await?;
        Ok(Self { snapshot, context })
    }

    /// The commit this reader sees.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The DataFusion session, to register more views or to build a plan by hand.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Runs one query and collects its rows.
    ///
    /// # Errors
    /// When the SQL is wrong or a file can't be read.
    pub async fn query(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        Ok(self.context.sql(sql).await?.collect().await?)
    }
}
