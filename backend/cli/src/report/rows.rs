//! Runs one report query and hands back its rows, so that pages need to know nothing of Arrow.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

use super::error::ReportError;

/// One SQL file of `backend/sql/reports`.
pub(super) struct Query {
    pub(super) file: &'static str,
    pub(super) sql: &'static str,
}

/// Names an SQL file and embeds its text.
macro_rules! query {
    ($file:literal) => {
        $crate::report::rows::Query {
            file: $file,
            sql: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../sql/reports/",
                $file
            )),
        }
    };
}
pub(super) use query;

/// One answered row, by column name.
pub(super) struct Answer {
    file: &'static str,
    values: HashMap<String, Value>,
}

enum Value {
    Null,
    Whole(i64),
    Real(f64),
    Text(String),
}

impl Query {
    /// Runs the query and reads all of its rows: reports aggregate, so they are few.
    pub(super) async fn run(&self, ctx: &SessionContext) -> Result<Vec<Answer>, ReportError> {
        self.collect(ctx)
            .await
            .map_err(|source| ReportError::Query {
                file: self.file,
                source: Box::new(source),
            })
    }

    async fn collect(&self, ctx: &SessionContext) -> Result<Vec<Answer>, DataFusionError> {
        let mut answers = Vec::new();
        for batch in ctx.sql(self.sql).await?.collect().await? {
            self.read(&batch, &mut answers)?;
        }
        Ok(answers)
    }

    fn read(&self, batch: &RecordBatch, into: &mut Vec<Answer>) -> Result<(), DataFusionError> {
        let start = into.len();
        into.extend((0..batch.num_rows()).map(|_| Answer {
            file: self.file,
            values: HashMap::new(),
        }));
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let values = column_values(column)?;
            for (answer, value) in into[start..].iter_mut().zip(values) {
                answer.values.insert(field.name().clone(), value);
            }
        }
        Ok(())
    }
}

impl Answer {
    /// Words, or nothing where the column is null.
    pub(super) fn text(&self, column: &'static str) -> Result<Option<String>, ReportError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            Value::Whole(n) => Ok(Some(n.to_string())),
            Value::Real(x) => Ok(Some(x.to_string())),
        }
    }

    /// A count; null counts nothing.
    pub(super) fn count(&self, column: &'static str) -> Result<u64, ReportError> {
        Ok(u64::try_from(self.whole(column)?.unwrap_or(0)).unwrap_or(0))
    }

    /// A whole number, or nothing where the column is null.
    pub(super) fn whole(&self, column: &'static str) -> Result<Option<i64>, ReportError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Whole(n) => Ok(Some(*n)),
            Value::Real(_) | Value::Text(_) => Err(self.fault(column)),
        }
    }

    /// A number, or nothing where the column is null.
    pub(super) fn real(&self, column: &'static str) -> Result<Option<f64>, ReportError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Whole(n) => Ok(Some(*n as f64)),
            Value::Real(x) => Ok(Some(*x)),
            Value::Text(_) => Err(self.fault(column)),
        }
    }

    fn value(&self, column: &'static str) -> Result<&Value, ReportError> {
        self.values.get(column).ok_or_else(|| self.fault(column))
    }

    fn fault(&self, column: &'static str) -> ReportError {
        ReportError::Column {
            file: self.file,
            column,
        }
    }
}

/// Reads a column as whole numbers, real numbers or words, whatever width or encoding it has.
fn column_values(column: &dyn Array) -> Result<Vec<Value>, DataFusionError> {
    let kind = column.data_type();
    let values = if kind.is_integer() || kind.is_temporal() || *kind == DataType::Boolean {
        // Times become milliseconds since 1970, whatever unit the engine used.
        let column = match kind {
            DataType::Timestamp(..) => {
                &cast(column, &DataType::Timestamp(TimeUnit::Millisecond, None))?
            }
            DataType::Date32 => &cast(column, &DataType::Date64)?,
            _ => column,
        };
        let whole = cast(column, &DataType::Int64)?;
        let whole = whole.as_primitive::<Int64Type>();
        whole
            .iter()
            .map(|n| n.map_or(Value::Null, Value::Whole))
            .collect()
    } else if kind.is_numeric() {
        let real = cast(column, &DataType::Float64)?;
        let real = real.as_primitive::<Float64Type>();
        real.iter()
            .map(|x| x.map_or(Value::Null, Value::Real))
            .collect()
    } else {
        let text = cast(column, &DataType::Utf8)?;
        let text = text.as_string::<i32>();
        text.iter()
            .map(|t| t.map_or(Value::Null, |t| Value::Text(t.to_owned())))
            .collect()
    };
    Ok(values)
}
