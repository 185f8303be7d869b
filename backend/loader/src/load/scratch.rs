//! Rows that wait on the local disk until their micro-batch is complete: one file a bucket.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

use crate::error::Result;

/// Hash buckets of clean events. Erasing one visitor opens one of them.
pub(crate) const BUCKETS: u8 = 16;

/// The bucket of a visitor: the top four bits of the key, which is a hash already. In SQL: `shiftrightunsigned(visitor_key, 60)`.
pub(crate) fn visitor_bucket(visitor_key: i64) -> u8 {
    u8::try_from(visitor_key.cast_unsigned() >> 60).expect("four bits")
}

/// The bucket of an instance. In SQL: `crc32(inst) % 16`.
pub(crate) fn inst_bucket(inst: &str) -> u8 {
    let mut crc = flate2::Crc::new();
    crc.update(inst.as_bytes());
    u8::try_from(crc.sum() % u32::from(BUCKETS)).expect("below 16")
}

/// Rows on disk in the order they came, with each row's number in the micro-batch.
pub(crate) struct Spill {
    path: PathBuf,
    writer: Option<StreamWriter<BufWriter<File>>>,
    numbers: Vec<u32>,
}

impl Spill {
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(name),
            writer: None,
            numbers: Vec::new(),
        }
    }

    pub(crate) fn write(
        &mut self,
        batch: &RecordBatch,
        numbers: impl IntoIterator<Item = u32>,
    ) -> Result<()> {
        if self.writer.is_none() {
            self.writer = Some(StreamWriter::try_new(
                BufWriter::new(File::create(&self.path)?),
                &batch.schema(),
            )?);
        }
        if let Some(writer) = &mut self.writer {
            writer.write(batch)?;
        }
        self.numbers.extend(numbers);
        Ok(())
    }

    /// Everything written, in windows of at least `rows` rows or [`WINDOW_BYTES`] (the last may be smaller), each with its rows' numbers.
    pub(crate) fn windows(mut self, schema: &SchemaRef, rows: usize) -> Result<Windows> {
        let reader = match self.writer.take() {
            Some(mut writer) => {
                writer.finish()?;
                Some(StreamReader::try_new(
                    BufReader::new(File::open(&self.path)?),
                    None,
                )?)
            }
            None => None,
        };
        Ok(Windows {
            reader,
            schema: SchemaRef::clone(schema),
            numbers: self.numbers,
            next: 0,
            rows,
            path: self.path,
        })
    }
}

/// Reads a [`Spill`] back; the file goes when this goes.
pub(crate) struct Windows {
    reader: Option<StreamReader<BufReader<File>>>,
    schema: SchemaRef,
    numbers: Vec<u32>,
    next: usize,
    rows: usize,
    path: PathBuf,
}

impl Windows {
    pub(crate) fn next_window(&mut self) -> Result<Option<(RecordBatch, &[u32])>> {
        let Some(reader) = &mut self.reader else {
            return Ok(None);
        };
        let mut batches = Vec::new();
        let mut count = 0;
        let mut bytes = 0;
        while count < self.rows && bytes < WINDOW_BYTES {
            let Some(batch) = reader.next().transpose()? else {
                break;
            };
            count += batch.num_rows();
            bytes += size(&batch)?;
            batches.push(batch);
        }
        if count == 0 {
            return Ok(None);
        }
        let window = arrow::compute::concat_batches(&self.schema, &batches)?;
        let numbers = self
            .numbers
            .get(self.next..self.next + count)
            .unwrap_or_default();
        self.next += count;
        Ok(Some((window, numbers)))
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        // The folder goes with the run; this only frees the space earlier.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Bytes that the rows themselves take; what is read from a file shares larger buffers.
fn size(batch: &RecordBatch) -> Result<usize> {
    let columns = batch.columns().iter();
    let sizes = columns.map(|column| column.to_data().get_slice_memory_size());
    Ok(sizes.sum::<std::result::Result<usize, _>>()?)
}

/// Deals the rows of a batch out to the buckets of their visitors.
pub(crate) fn deal(
    batch: &RecordBatch,
    visitor_keys: &Int64Array,
    first: u32,
    spills: &mut [Spill],
) -> Result<()> {
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); spills.len()];
    for (row, index) in (0u32..).zip(0..batch.num_rows()) {
        let key = if visitor_keys.is_null(index) {
            0
        } else {
            visitor_keys.value(index)
        };
        rows[usize::from(visitor_bucket(key))].push(row);
    }
    for (spill, rows) in spills.iter_mut().zip(rows) {
        if !rows.is_empty() {
            let numbers: Vec<u32> = rows.iter().map(|row| first + row).collect();
            spill.write(
                &take_record_batch(batch, &UInt32Array::from(rows))?,
                numbers,
            )?;
        }
    }
    Ok(())
}

/// Bytes after which a window ends, so that no text column comes near the 2 GiB it can hold.
const WINDOW_BYTES: usize = 64 << 20;

/// A column by name.
pub(crate) fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b ArrayRef> {
    Ok(batch.column_by_name(name).ok_or_else(|| {
        arrow::error::ArrowError::SchemaError(format!("column {name} is missing"))
    })?)
}
