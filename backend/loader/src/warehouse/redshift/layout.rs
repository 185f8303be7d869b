//! The columns of the files that COPY is to read: by their order, so it is looked at before.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use object_store::ObjectStoreExt;
use parquet::arrow::async_reader::MetadataFetch;
use parquet::basic::{LogicalType, Type};
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::schema::types::SchemaDescriptor;

use super::super::ddl::{self, Column, TableDdl};
use super::super::error::{Result, WarehouseError};
use super::super::plan::Plan;
use crate::error::LoadError;
use crate::lake::{DataFile, Lake, Table};

/// Fails where a file's columns are not the table's, in its order. Gives the tables of which some file, of an older version, lacks the
/// last ones.
pub(super) async fn check(lake: &Lake, plan: &Plan) -> Result<Vec<Table>> {
    let mut short = Vec::new();
    for change in &plan.changes {
        let ddl = Arc::new(ddl::of(change.table));
        let files = change.files.iter().cloned();
        let looks = files.map(|file| lacks(lake.clone(), file, Arc::clone(&ddl)));
        let lacking: Vec<bool> = stream::iter(looks)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        if lacking.contains(&true) {
            short.push(change.table);
        }
    }
    Ok(short)
}

/// Whether a file lacks the table's last columns; what it has must be the table's.
async fn lacks(lake: Lake, file: DataFile, ddl: Arc<TableDdl>) -> Result<bool> {
    let footer = Footer {
        lake: &lake,
        file: &file,
    };
    let read = ParquetMetaDataReader::new().with_prefetch_hint(Some(FOOTER_BYTES));
    let read = read
        .load_and_finish(footer, file.bytes)
        .await
        .map_err(LoadError::from)?;
    compare(read.file_metadata().schema_descr(), &ddl).map_err(|what| {
        WarehouseError::Tables(format!(
            "file {}: {what}, and COPY goes by order",
            file.path
        ))
    })
}

fn compare(file: &SchemaDescriptor, ddl: &TableDdl) -> Result<bool, String> {
    let columns = file.columns();
    if columns.len() > ddl.columns.len() {
        return Err(format!(
            "it has {} columns, {} has {}: it was written by a newer version",
            columns.len(),
            ddl.name,
            ddl.columns.len()
        ));
    }
    for (place, (there, wanted)) in columns.iter().zip(&ddl.columns).enumerate() {
        let logical = there.logical_type_ref();
        if there.name() != wanted.name || !fits(there.physical_type(), logical, wanted) {
            return Err(format!(
                "its column {} is {} ({}), not {} ({})",
                place + 1,
                there.name(),
                there.physical_type(),
                wanted.name,
                wanted.kind
            ));
        }
    }
    match ddl.columns[columns.len()..]
        .iter()
        .find(|column| !column.nullable)
    {
        Some(column) => Err(format!("it lacks {}, which may not be NULL", column.name)),
        None => Ok(columns.len() < ddl.columns.len()),
    }
}

fn fits(there: Type, logical: Option<&LogicalType>, wanted: &Column) -> bool {
    match wanted.kind {
        "BIGINT" => there == Type::INT64 && !matches!(logical, Some(LogicalType::Timestamp { .. })),
        "TIMESTAMP" => {
            there == Type::INT64 && matches!(logical, Some(LogicalType::Timestamp { .. }))
        }
        "INTEGER" => there == Type::INT32 && !matches!(logical, Some(LogicalType::Date)),
        "DATE" => there == Type::INT32 && matches!(logical, Some(LogicalType::Date)),
        "DOUBLE PRECISION" => there == Type::DOUBLE,
        "BOOLEAN" => there == Type::BOOLEAN,
        _ => there == Type::BYTE_ARRAY,
    }
}

/// Reads ranges of one file.
struct Footer<'l> {
    lake: &'l Lake,
    file: &'l DataFile,
}

impl MetadataFetch for Footer<'_> {
    fn fetch(&mut self, range: Range<u64>) -> BoxFuture<'_, parquet::errors::Result<Bytes>> {
        let store = self.lake.store();
        let key = store.key(&self.file.path);
        async move { Ok(store.store().get_range(&key, range).await?) }.boxed()
    }
}

/// Enough for the footer of a wide table with a few row groups; a larger one is read in a second go.
const FOOTER_BYTES: usize = 64 << 10;
const AT_ONCE: usize = 16;
