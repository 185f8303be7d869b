//! COPY of a table's files: read batch by batch, sent row by row, so that memory does not grow with either.

use bytes::Bytes;
use futures::{SinkExt, TryStreamExt};
use tokio_postgres::Transaction;

use super::super::ddl::TableDdl;
use super::super::error::Result;
use super::super::plan::TableChange;
use super::binary::Rows;
use crate::error::LoadError;
use crate::lake::Lake;
use crate::session::{QueryLimits, files_table, schemas, session};

/// Copies the rows of the files into table `into`.
pub(super) async fn copy(
    transaction: &Transaction<'_>,
    lake: &Lake,
    change: &TableChange,
    ddl: &TableDdl,
    into: &str,
) -> Result<()> {
    if change.files.is_empty() {
        return Ok(());
    }
    let limits = QueryLimits {
        threads: 1,
        ..QueryLimits::default()
    };
    let context = session(lake.store(), limits)?;
    let schema = schemas().await?.of(change.table);
    let table = files_table(lake.store(), schema, &change.files);
    let mut batches = context
        .read_table(table)
        .map_err(LoadError::from)?
        .execute_stream()
        .await
        .map_err(LoadError::from)?;
    let statement = format!("COPY {into} ({}) FROM STDIN (FORMAT binary)", ddl.names());
    let mut copy = Box::pin(transaction.copy_in::<_, Bytes>(&statement).await?);
    let mut rows = Rows::begin();
    while let Some(batch) = batches.try_next().await.map_err(LoadError::from)? {
        rows.write(&batch)?;
        copy.send(rows.take()).await?;
    }
    copy.send(rows.end()).await?;
    copy.as_mut().finish().await?;
    Ok(())
}
