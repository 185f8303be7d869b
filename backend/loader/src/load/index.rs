//! What the lake knows about the instances of a micro-batch: which numbers it has seen, and where their impressions are.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::copies::Copies;
use super::scratch::column;
use super::seen::Seen;
use crate::error::{LoadError, Result};
use crate::lake::{Snapshot, StoreAt, Table};
use crate::session::{Schemas, files_table};

/// What the lake knows about some instances.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The numbers it has, by instance.
    pub(crate) seen: HashMap<String, Seen>,
    /// For each instance that has rows, the last commit that touched it: its impressions lie in that commit's group.
    pub(crate) groups: BTreeSet<u64>,
    /// The rows of table `instance_parts`.
    pub(crate) parts: Vec<RecordBatch>,
}

/// Reads the parts of the instances of `copies`.
pub(crate) async fn look_up(
    context: &SessionContext,
    at: &StoreAt,
    schemas: &Schemas,
    snapshot: &Snapshot,
    copies: &Copies,
) -> Result<Known> {
    let mut known = Known::default();
    let mut newest: HashMap<String, u64> = HashMap::new();
    // A file whose instances were all silent since before the floor has nothing to say: what they sent is older than any event let in.
    let files = snapshot
        .files_of(Table::InstanceParts)
        .filter(|file| file.max_ms >= snapshot.floor_ms);
    let table = files_table(at, Arc::clone(&schemas.instance_parts), files);
    let mut rows = context.read_table(table)?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        let insts = column(&batch, "inst")?.as_string::<i32>();
        let ours: BooleanArray = insts
            .iter()
            .map(|inst| Some(inst.is_some_and(|inst| copies.holds(inst))))
            .collect();
        if ours.true_count() == 0 {
            continue;
        }
        let batch = filter_record_batch(&batch, &ours)?;
        let insts = column(&batch, "inst")?.as_string::<i32>();
        let versions = column(&batch, "version")?
            .as_primitive::<Int64Type>()
            .values();
        let seen = column(&batch, "seen")?.as_string::<i32>();
        for row in 0..batch.num_rows() {
            let inst = insts.value(row);
            let version = versions[row].cast_unsigned();
            let group = newest.entry(inst.to_owned()).or_insert(version);
            *group = version.max(*group);
            let numbers = known.seen.entry(inst.to_owned()).or_default();
            numbers
                .add_text(seen.value(row))
                .map_err(|_| LoadError::Log {
                    path: Table::InstanceParts.name().to_owned(),
                    reason: "column seen holds no list of intervals".to_owned(),
                })?;
        }
        known.parts.push(batch);
    }
    known.groups = newest.into_values().collect();
    Ok(known)
}

/// Keeps rows on the local disk as Parquet, so that a query can read them without holding them.
pub(crate) struct LocalTable {
    path: std::path::PathBuf,
    writer: parquet::arrow::ArrowWriter<std::fs::File>,
}

impl LocalTable {
    pub(crate) fn create(
        folder: &Path,
        name: &str,
        schema: &arrow::datatypes::SchemaRef,
    ) -> Result<Self> {
        let path = folder.join(format!("{name}.parquet"));
        let writer = parquet::arrow::ArrowWriter::try_new(
            std::fs::File::create(&path)?,
            Arc::clone(schema),
            Some(super::write::properties()),
        )?;
        Ok(Self { path, writer })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        Ok(self.writer.write(batch)?)
    }

    /// Makes the rows a table of the session.
    pub(crate) async fn register(self, context: &SessionContext, name: &str) -> Result<()> {
        self.writer.close()?;
        let path = self.path.to_string_lossy().into_owned();
        context
            .register_parquet(
                name,
                path,
                datafusion::prelude::ParquetReadOptions::default(),
            )
            .await?;
        Ok(())
    }
}
