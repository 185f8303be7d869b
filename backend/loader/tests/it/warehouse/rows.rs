//! The rows of a table, from the lake and from PostgreSQL, in one form.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use tokio_postgres::Client;
use tokio_postgres::types::{FromSql, Type};

use crate::support::World;

/// Tables, and the view over one of them.
const TABLES: [&str; 6] = [
    "events",
    "fct_impression",
    "mart_content_hour",
    "losses",
    "instance_parts",
    "instances",
];

/// Fails where a table of the warehouse has other rows than the lake's.
pub(crate) async fn assert_same(world: &World, client: &Client) {
    assert_same_but(world, client, "\u{fffd}").await;
}

/// The same, with what stands in the warehouse for the character NUL, which it can't hold.
pub(crate) async fn assert_same_but(world: &World, client: &Client, nul: &str) {
    for table in TABLES {
        let mut ours = lake(world, table).await;
        for row in &mut ours {
            *row = row.replace('\0', nul);
        }
        ours.sort_unstable();
        assert_eq!(warehouse(client, table).await, ours, "{table}");
    }
}

async fn lake(world: &World, table: &str) -> Vec<String> {
    let batches = world
        .reader()
        .await
        .query(&format!("SELECT * FROM {table}"))
        .await
        .unwrap();
    let mut rows: Vec<String> = batches.iter().flat_map(of_batch).collect();
    rows.sort_unstable();
    rows
}

fn of_batch(batch: &RecordBatch) -> Vec<String> {
    let columns: Vec<Vec<String>> = batch
        .columns()
        .iter()
        .map(|column| of_column(column))
        .collect();
    let row = |row: usize| {
        let cells: Vec<&str> = columns.iter().map(|column| column[row].as_str()).collect();
        cells.join(" | ")
    };
    (0..batch.num_rows()).map(row).collect()
}

fn of_column(column: &dyn Array) -> Vec<String> {
    let numbers = |kind: &DataType| cast(column, kind).unwrap();
    let cell = |row: usize| -> String {
        match column.data_type() {
            _ if column.is_null(row) => "-".to_owned(),
            DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
            DataType::Boolean => column.as_boolean().value(row).to_string(),
            DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
            DataType::Date32 => {
                let days = cast(&numbers(&DataType::Int32), &DataType::Int64).unwrap();
                days.as_primitive::<Int64Type>().value(row).to_string()
            }
            DataType::Timestamp(..) => {
                let moments = numbers(&DataType::Timestamp(TimeUnit::Microsecond, None));
                let micros = cast(&moments, &DataType::Int64).unwrap();
                micros.as_primitive::<Int64Type>().value(row).to_string()
            }
            _ => numbers(&DataType::Int64)
                .as_primitive::<Int64Type>()
                .value(row)
                .to_string(),
        }
    };
    (0..column.len()).map(cell).collect()
}

async fn warehouse(client: &Client, table: &str) -> Vec<String> {
    let rows = client
        .query(&format!("SELECT * FROM {table}"), &[])
        .await
        .unwrap();
    let row = |row: &tokio_postgres::Row| {
        let cells = (0..row.len()).map(|cell| row.get::<_, Cell>(cell).0);
        cells.collect::<Vec<_>>().join(" | ")
    };
    let mut rows: Vec<String> = rows.iter().map(row).collect();
    rows.sort_unstable();
    rows
}

/// A value of any type that the tables have.
struct Cell(String);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(
        kind: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let epoch_days = 10_957;
        Ok(Self(match *kind {
            Type::INT8 => i64::from_sql(kind, raw)?.to_string(),
            Type::INT4 => i32::from_sql(kind, raw)?.to_string(),
            Type::BOOL => bool::from_sql(kind, raw)?.to_string(),
            Type::FLOAT8 => f64::from_sql(kind, raw)?.to_string(),
            Type::DATE => (i32::from_be_bytes(raw.try_into()?) + epoch_days).to_string(),
            Type::TIMESTAMP => {
                let micros = i64::from_be_bytes(raw.try_into()?);
                (micros + i64::from(epoch_days) * 86_400_000_000).to_string()
            }
            _ => String::from_sql(kind, raw)?,
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self("-".to_owned()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
