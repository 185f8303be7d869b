//! Arrow rows in PostgreSQL's binary form of COPY (PostgreSQL manual, COPY, "Binary Format").

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMillisecondType,
};
use arrow::error::ArrowError;
use bytes::{BufMut, Bytes, BytesMut};

use super::super::error::Result;
use crate::error::LoadError;
use crate::time::DAY_MS;

/// Rows on their way.
pub(super) struct Rows {
    buffer: BytesMut,
}

impl Rows {
    /// The head of a stream: signature, flags, no extension.
    pub(super) fn begin() -> Self {
        let mut buffer = BytesMut::new();
        buffer.put_slice(b"PGCOPY\n\xff\r\n\0");
        buffer.put_i32(0);
        buffer.put_i32(0);
        Self { buffer }
    }

    /// Adds the rows of a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns().iter();
        let columns: Vec<Values<'_>> = columns
            .map(|column| values(column))
            .collect::<Result<_>>()?;
        let count = i16::try_from(columns.len()).expect("a table has tens of columns");
        for row in 0..batch.num_rows() {
            self.buffer.put_i16(count);
            for column in &columns {
                column.put(row, &mut self.buffer);
            }
        }
        Ok(())
    }

    /// What was written since.
    pub(super) fn take(&mut self) -> Bytes {
        self.buffer.split().freeze()
    }

    /// The end of the stream.
    pub(super) fn end(mut self) -> Bytes {
        self.buffer.put_i16(-1);
        self.buffer.freeze()
    }
}

/// A column, ready to be read row by row.
enum Values<'a> {
    Text(&'a arrow::array::StringArray),
    Int64(&'a arrow::array::Int64Array),
    Int32(&'a arrow::array::Int32Array),
    Float64(&'a arrow::array::Float64Array),
    Bool(&'a arrow::array::BooleanArray),
    Date(&'a arrow::array::Date32Array),
    Moment(&'a arrow::array::TimestampMillisecondArray),
}

fn values(column: &dyn Array) -> Result<Values<'_>> {
    Ok(match column.data_type() {
        DataType::Utf8 => Values::Text(column.as_string()),
        DataType::Int64 => Values::Int64(column.as_primitive::<Int64Type>()),
        DataType::Int32 => Values::Int32(column.as_primitive::<Int32Type>()),
        DataType::Float64 => Values::Float64(column.as_primitive::<Float64Type>()),
        DataType::Boolean => Values::Bool(column.as_boolean()),
        DataType::Date32 => Values::Date(column.as_primitive::<Date32Type>()),
        DataType::Timestamp(TimeUnit::Millisecond, None) => {
            Values::Moment(column.as_primitive::<TimestampMillisecondType>())
        }
        other => {
            let error = ArrowError::SchemaError(format!("no table has columns of type {other}"));
            return Err(LoadError::from(error).into());
        }
    })
}

impl Values<'_> {
    /// A value: its length and its bytes; length -1 is NULL.
    fn put(&self, row: usize, to: &mut BytesMut) {
        let array: &dyn Array = match self {
            Values::Text(array) => array,
            Values::Int64(array) => array,
            Values::Int32(array) => array,
            Values::Float64(array) => array,
            Values::Bool(array) => array,
            Values::Date(array) => array,
            Values::Moment(array) => array,
        };
        if array.is_null(row) {
            return to.put_i32(-1);
        }
        match self {
            Values::Text(array) => put_text(array.value(row), to),
            Values::Int64(array) => {
                to.put_i32(8);
                to.put_i64(array.value(row));
            }
            Values::Int32(array) => {
                to.put_i32(4);
                to.put_i32(array.value(row));
            }
            Values::Float64(array) => {
                to.put_i32(8);
                to.put_f64(array.value(row));
            }
            Values::Bool(array) => {
                to.put_i32(1);
                to.put_u8(u8::from(array.value(row)));
            }
            Values::Date(array) => {
                to.put_i32(4);
                to.put_i32(array.value(row) - EPOCH_DAYS);
            }
            Values::Moment(array) => {
                to.put_i32(8);
                to.put_i64((array.value(row) - i64::from(EPOCH_DAYS) * DAY_MS) * 1_000);
            }
        }
    }
}

/// PostgreSQL's text has no NUL; the character for what can't be shown stands in its place.
fn put_text(text: &str, to: &mut BytesMut) {
    let without;
    let text = if text.contains('\0') {
        without = text.replace('\0', "\u{fffd}");
        &without
    } else {
        text
    };
    to.put_i32(i32::try_from(text.len()).expect("no text of an event is larger than its line"));
    to.put_slice(text.as_bytes());
}

/// PostgreSQL counts from 2000-01-01.
const EPOCH_DAYS: i32 = 10_957;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, BooleanArray, Date32Array, Int64Array, StringArray, TimestampMillisecondArray,
    };

    use super::*;

    #[test]
    fn a_row_is_its_values_with_their_lengths() {
        let columns: [(&str, ArrayRef); 5] = [
            (
                "text",
                Arc::new(StringArray::from(vec![Some("a\0b"), None])),
            ),
            ("int", Arc::new(Int64Array::from(vec![1, -1]))),
            ("bool", Arc::new(BooleanArray::from(vec![true, false]))),
            ("date", Arc::new(Date32Array::from(vec![10_958, 0]))),
            (
                "moment",
                Arc::new(TimestampMillisecondArray::from(vec![
                    946_684_800_001,
                    946_684_799_999,
                ])),
            ),
        ];
        let mut rows = Rows::begin();
        assert_eq!(rows.take().len(), 19);
        rows.write(&RecordBatch::try_from_iter(columns).unwrap())
            .unwrap();
        let mut wanted = BytesMut::new();
        wanted.put_i16(5);
        wanted.put_i32(5);
        wanted.put_slice("a\u{fffd}b".as_bytes());
        wanted.put_i32(8);
        wanted.put_i64(1);
        wanted.put_i32(1);
        wanted.put_u8(1);
        wanted.put_i32(4);
        wanted.put_i32(1);
        wanted.put_i32(8);
        wanted.put_i64(1_000);
        wanted.put_i16(5);
        wanted.put_i32(-1);
        wanted.put_i32(8);
        wanted.put_i64(-1);
        wanted.put_i32(1);
        wanted.put_u8(0);
        wanted.put_i32(4);
        wanted.put_i32(-10_957);
        wanted.put_i32(8);
        wanted.put_i64(-1_000);
        assert_eq!(rows.take(), wanted.freeze());
        assert_eq!(rows.end(), Bytes::from_static(&[0xff, 0xff]));
    }
}
