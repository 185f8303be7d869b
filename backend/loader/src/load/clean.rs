//! The clean files of a micro-batch: what is kept of the waiting rows, sorted by visitor, under the hour it was received in.

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, new_null_array,
};
use arrow::compute::{
    SortColumn, filter_record_batch, lexsort_to_indices, partition, take_record_batch,
};
use arrow::datatypes::{Int64Type, SchemaRef};
use std::sync::Arc;

use super::copies::Verdict;
use super::scratch::{Spill, column};
use super::write::{DataWriter, FileCounter};
use crate::error::Result;
use crate::lake::{DataFile, StoreAt, Table};
use crate::session::Schemas;
use crate::time::{date, hour, hour_of};

/// Where files go and how they are named.
#[derive(Clone, Copy)]
pub(crate) struct Target<'s> {
    pub(crate) at: &'s StoreAt,
    pub(crate) schemas: &'s Schemas,
    pub(crate) run: &'s str,
    pub(crate) counter: &'s FileCounter,
    /// The commit to be.
    pub(crate) version: u64,
    pub(crate) now_ms: i64,
}

impl<'s> Target<'s> {
    pub(crate) fn writer(&self, table: Table, time: &'static str) -> DataWriter<'s> {
        let writer = DataWriter::new(
            self.at,
            table,
            self.schemas.of(table),
            time,
            (self.run, self.now_ms),
            self.counter,
        );
        writer.groups((self.version, self.version))
    }
}

/// Writes the kept rows of every bucket; returns the files, and the refused rows as rejects.
pub(crate) async fn write_events(
    target: Target<'_>,
    spills: Vec<Spill>,
    verdicts: &[Verdict],
) -> Result<(Vec<DataFile>, Vec<RecordBatch>)> {
    let mut files = Vec::new();
    let mut refused = Vec::new();
    for (bucket, spill) in (0u8..).zip(spills) {
        let mut writer = target.writer(Table::Events, "received_ms");
        let mut windows = spill.windows(&target.schemas.events, WINDOW_ROWS)?;
        while let Some((window, numbers)) = windows.next_window()? {
            let verdict_of = |number: &u32| verdicts[*number as usize];
            for why in Verdict::REFUSED {
                let rows: BooleanArray = numbers
                    .iter()
                    .map(|number| Some(verdict_of(number) == why))
                    .collect();
                if rows.true_count() > 0 {
                    refused.push(as_rejects(
                        &filter_record_batch(&window, &rows)?,
                        why,
                        &target.schemas.rejects,
                    )?);
                }
            }
            let kept: BooleanArray = numbers
                .iter()
                .map(|number| Some(verdict_of(number) == Verdict::Keep))
                .collect();
            write_sorted(&mut writer, bucket, &filter_record_batch(&window, &kept)?).await?;
        }
        files.extend(writer.finish().await?);
    }
    Ok((files, refused))
}

/// Writes rows of one bucket by hour received, and in each hour by visitor.
pub(crate) async fn write_sorted(
    writer: &mut DataWriter<'_>,
    bucket: u8,
    rows: &RecordBatch,
) -> Result<()> {
    if rows.num_rows() == 0 {
        return Ok(());
    }
    let received = column(rows, "received_ms")?.as_primitive::<Int64Type>();
    let hours: ArrayRef = Arc::new(received.unary::<_, Int64Type>(hour_of));
    let mut order = vec![SortColumn {
        values: hours,
        options: None,
    }];
    for name in ["visitor_key", "inst", "seq"] {
        order.push(SortColumn {
            values: Arc::clone(column(rows, name)?),
            options: None,
        });
    }
    let indices = lexsort_to_indices(&order, None)?;
    let sorted = take_record_batch(rows, &indices)?;
    let hours = arrow::compute::take(&order[0].values, &indices, None)?;
    for range in partition(&[Arc::clone(&hours)])?.ranges() {
        let at = hours.as_primitive::<Int64Type>().value(range.start);
        let folder = format!("received_date={}/received_hour={}", date(at), hour(at));
        writer
            .write(
                &sorted.slice(range.start, range.len()),
                &folder,
                Some(bucket),
                (false, false),
            )
            .await?;
    }
    Ok(())
}

/// Writes rejects or reported losses: what was spilled, then `more`.
pub(crate) async fn write_plain(
    target: Target<'_>,
    table: Table,
    spill: Spill,
    more: Vec<RecordBatch>,
) -> Result<Vec<DataFile>> {
    let schema = target.schemas.of(table);
    let mut writer = target.writer(table, "received_ms");
    let mut windows = spill.windows(&schema, PLAIN_ROWS)?;
    while let Some((window, _)) = windows.next_window()? {
        by_day(&mut writer, &window, target.now_ms).await?;
    }
    for batch in more {
        by_day(&mut writer, &batch, target.now_ms).await?;
    }
    writer.finish().await
}

async fn by_day(writer: &mut DataWriter<'_>, rows: &RecordBatch, now_ms: i64) -> Result<()> {
    let received = column(rows, "received_ms")?.as_primitive::<Int64Type>();
    // An unreadable line has no time; it lies with the day it was loaded.
    let days: ArrayRef = Arc::new(
        received
            .iter()
            .map(|ms| Some(ms.unwrap_or(now_ms).div_euclid(crate::time::DAY_MS)))
            .collect::<Int64Array>(),
    );
    let indices = arrow::compute::sort_to_indices(&days, None, None)?;
    let sorted = take_record_batch(rows, &indices)?;
    let days = arrow::compute::take(&days, &indices, None)?;
    for range in partition(&[Arc::clone(&days)])?.ranges() {
        let day = days.as_primitive::<Int64Type>().value(range.start) * crate::time::DAY_MS;
        writer
            .write(
                &sorted.slice(range.start, range.len()),
                &format!("received_date={}", date(day)),
                None,
                (false, false),
            )
            .await?;
    }
    Ok(())
}

/// Refused events as rejects. What was sent is left out: the raw file has it as long as it may be kept.
fn as_rejects(events: &RecordBatch, why: Verdict, schema: &SchemaRef) -> Result<RecordBatch> {
    let rows = events.num_rows();
    let reason = reason(why);
    let columns = schema.fields().iter().map(|field| -> Result<ArrayRef> {
        Ok(match field.name().as_str() {
            "why" => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                reason, rows,
            ))),
            "raw" => Arc::new(StringArray::from_iter_values(std::iter::repeat_n("", rows))),
            name => events
                .column_by_name(name)
                .map_or_else(|| new_null_array(field.data_type(), rows), Arc::clone),
        })
    });
    Ok(RecordBatch::try_new(
        SchemaRef::clone(schema),
        columns.collect::<Result<_>>()?,
    )?)
}

/// The reason of a refusal, as column `why` says it.
pub(crate) fn reason(why: Verdict) -> &'static str {
    match why {
        Verdict::TooOld => "too_old",
        Verdict::Erased => "erased",
        Verdict::TooSparse => "too_sparse",
        Verdict::Keep | Verdict::Duplicate => "",
    }
}

/// Rows sorted at once: bounds memory however uneven the buckets are.
const WINDOW_ROWS: usize = 96 << 10;

/// Rejects handled at once; each may hold 8 KiB of what was sent.
const PLAIN_ROWS: usize = 4 << 10;
