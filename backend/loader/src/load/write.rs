//! Parquet files for the lake: rows come in the order of their partitions, and a file ends where its partition does.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, SchemaRef, TimestampMillisecondType};
use parquet::arrow::ArrowWriter;

use super::properties::properties;
use super::scratch::column;
use crate::error::Result;
use crate::lake::{DataFile, StoreAt, Table};

/// Writes the data files of one table. Nothing it wrote counts until a commit names it.
pub(crate) struct DataWriter<'s> {
    at: &'s StoreAt,
    table: Table,
    schema: SchemaRef,
    /// Unique in the lake: every file name starts with it.
    run: String,
    /// The column whose smallest and largest values the log keeps.
    time: &'static str,
    groups: (u64, u64),
    /// Stands for the time of rows that have none.
    now_ms: i64,
    open: Option<Open>,
    done: Vec<DataFile>,
    counter: &'s FileCounter,
}

/// Numbers the files of one attempt.
#[derive(Debug, Default)]
pub(crate) struct FileCounter(std::sync::atomic::AtomicU32);

struct Open {
    partition: String,
    bucket: Option<u8>,
    flags: (bool, bool),
    writer: ArrowWriter<Vec<u8>>,
    rows: u64,
    min_ms: i64,
    max_ms: i64,
}

impl<'s> DataWriter<'s> {
    pub(crate) fn new(
        at: &'s StoreAt,
        table: Table,
        schema: SchemaRef,
        time: &'static str,
        (run, now_ms): (&str, i64),
        counter: &'s FileCounter,
    ) -> Self {
        Self {
            at,
            table,
            schema,
            run: run.to_owned(),
            time,
            groups: (0, 0),
            now_ms,
            open: None,
            done: Vec::new(),
            counter,
        }
    }

    /// The commits whose rows the files hold.
    pub(crate) fn groups(mut self, groups: (u64, u64)) -> Self {
        self.groups = groups;
        self
    }

    /// Adds rows of one partition; `flags` are `is_final` and `late`.
    pub(crate) async fn write(
        &mut self,
        batch: &RecordBatch,
        partition: &str,
        bucket: Option<u8>,
        flags: (bool, bool),
    ) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let same = |open: &Open| {
            open.partition == partition
                && open.bucket == bucket
                && open.flags == flags
                && open.rows < FILE_ROWS
        };
        if !self.open.as_ref().is_some_and(same) {
            self.close().await?;
            let writer = ArrowWriter::try_new(
                Vec::new(),
                SchemaRef::clone(&self.schema),
                Some(properties(&self.schema)),
            )?;
            let partition = partition.to_owned();
            self.open = Some(Open {
                partition,
                bucket,
                flags,
                writer,
                rows: 0,
                min_ms: i64::MAX,
                max_ms: i64::MIN,
            });
        }
        if let Some(open) = &mut self.open {
            let batch = conform(batch, &self.schema)?;
            let (min, max) = extent(&batch, self.time)?.unwrap_or((self.now_ms, self.now_ms));
            open.min_ms = open.min_ms.min(min);
            open.max_ms = open.max_ms.max(max);
            open.rows += batch.num_rows() as u64;
            open.writer.write(&batch)?;
        }
        Ok(())
    }

    /// Writes the last file and returns all of them.
    pub(crate) async fn finish(mut self) -> Result<Vec<DataFile>> {
        self.close().await?;
        Ok(self.done)
    }

    async fn close(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let body = open.writer.into_inner()?;
        let number = self
            .counter
            .0
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let bucket = open
            .bucket
            .map_or_else(String::new, |bucket| format!("b{bucket:02}-"));
        let slash = if open.partition.is_empty() { "" } else { "/" };
        let path = format!(
            "data/{}/{}{slash}{bucket}{}-{number:04}.parquet",
            self.table.name(),
            open.partition,
            self.run
        );
        let bytes = body.len() as u64;
        self.at.write(&path, body).await?;
        self.done.push(DataFile {
            table: self.table,
            path,
            rows: open.rows,
            bytes,
            partition: open.partition,
            bucket: open.bucket,
            min_ms: open.min_ms,
            max_ms: open.max_ms,
            groups: self.groups,
            is_final: open.flags.0,
            late: open.flags.1,
        });
        Ok(())
    }
}

/// The columns of `schema`, by name and in its types.
pub(crate) fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| -> Result<ArrayRef> {
        let values = column(batch, field.name())?;
        Ok(if values.data_type() == field.data_type() {
            Arc::clone(values)
        } else {
            cast(values, field.data_type())?
        })
    });
    Ok(RecordBatch::try_new(
        SchemaRef::clone(schema),
        columns.collect::<Result<_>>()?,
    )?)
}

/// The smallest and largest value of a column of milliseconds; nulls don't count.
fn extent(batch: &RecordBatch, name: &str) -> Result<Option<(i64, i64)>> {
    let values = column(batch, name)?;
    let (min, max) = match values.data_type() {
        DataType::Timestamp(..) => {
            let values = values.as_primitive::<TimestampMillisecondType>();
            (arrow::compute::min(values), arrow::compute::max(values))
        }
        _ => {
            let values = values.as_primitive::<Int64Type>();
            (arrow::compute::min(values), arrow::compute::max(values))
        }
    };
    Ok(min.zip(max))
}

/// Rows after which a file ends, so that none grows without bound.
const FILE_ROWS: u64 = 2 << 20;
