//! What the lake knows about the instances of a micro-batch: which numbers it has seen, and where their impressions are.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;
use datafusion::prelude::{DataFrame, SessionContext};
use futures::TryStreamExt;

use super::copies::Copies;
use super::scratch::column;
use super::seen::{Seen, read};
use crate::error::{LoadError, Result};
use crate::lake::{DataFile, Snapshot, StoreAt, Table};
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
    let mut index = Index::default();
    let buckets = copies.buckets();
    // A file whose instances were all silent since before the floor has no number to say: what they sent is older than any event let in.
    let (recent, old): (Vec<&DataFile>, Vec<&DataFile>) = snapshot
        .files_of(Table::InstanceParts)
        .filter(|file| file.bucket.is_none_or(|bucket| buckets.contains(&bucket)))
        .partition(|file| file.max_ms >= snapshot.floor_ms);
    let table = |files| files_table(at, Arc::clone(&schemas.instance_parts), files);
    index
        .read(context.read_table(table(recent))?, copies, true)
        .await?;
    // An instance may speak again after any time, and its impressions lie where they lay. It is rare: look before reading it all.
    let old = table(old);
    let insts = context.read_table(Arc::clone(&old))?;
    if any(insts.select_columns(&["inst"])?, copies).await? {
        index.read(context.read_table(old)?, copies, false).await?;
    }
    Ok(index.known())
}

/// Whether a row belongs to an instance of `copies`.
async fn any(rows: DataFrame, copies: &Copies) -> Result<bool> {
    let mut rows = rows.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        let insts = column(&batch, "inst")?.as_string::<i32>();
        if insts.iter().flatten().any(|inst| copies.holds(inst)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What was read so far.
#[derive(Default)]
struct Index {
    seen: HashMap<String, Vec<(u64, u64)>>,
    newest: HashMap<String, u64>,
    parts: Vec<RecordBatch>,
}

impl Index {
    async fn read(&mut self, rows: DataFrame, copies: &Copies, numbers: bool) -> Result<()> {
        let mut rows = rows.execute_stream().await?;
        while let Some(batch) = rows.try_next().await? {
            self.add(&batch, copies, numbers)?;
        }
        Ok(())
    }

    fn add(&mut self, batch: &RecordBatch, copies: &Copies, numbers: bool) -> Result<()> {
        let insts = column(batch, "inst")?.as_string::<i32>();
        let ours: BooleanArray = insts
            .iter()
            .map(|inst| Some(inst.is_some_and(|inst| copies.holds(inst))))
            .collect();
        if ours.true_count() == 0 {
            return Ok(());
        }
        let batch = filter_record_batch(batch, &ours)?;
        let insts = column(&batch, "inst")?.as_string::<i32>();
        let versions = column(&batch, "version")?
            .as_primitive::<Int64Type>()
            .values();
        let texts = column(&batch, "seen")?.as_string::<i32>();
        for row in 0..batch.num_rows() {
            let inst = insts.value(row);
            let version = versions[row].cast_unsigned();
            let newest = self.newest.entry(inst.to_owned()).or_insert(version);
            *newest = version.max(*newest);
            if numbers {
                let seen = self.seen.entry(inst.to_owned()).or_default();
                read(texts.value(row), seen).map_err(|_| LoadError::Log {
                    path: Table::InstanceParts.name().to_owned(),
                    reason: "column seen holds no list of intervals".to_owned(),
                })?;
            }
        }
        self.parts.push(batch);
        Ok(())
    }

    fn known(self) -> Known {
        let seen = self.seen.into_iter();
        Known {
            seen: seen
                .map(|(inst, intervals)| (inst, Seen::of(intervals)))
                .collect(),
            groups: self.newest.into_values().collect(),
            parts: self.parts,
        }
    }
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
            Some(super::properties::properties(schema)),
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
