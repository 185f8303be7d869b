//! The columns of every table. Those of facts and marts are what their SQL yields, so they stand nowhere twice.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use tokio::sync::OnceCell;

use crate::decode;
use crate::error::Result;
use crate::lake::Table;
use crate::sql;

/// The columns of every table.
#[derive(Debug, Clone)]
pub(crate) struct Schemas {
    pub(crate) events: SchemaRef,
    pub(crate) rejects: SchemaRef,
    pub(crate) losses: SchemaRef,
    pub(crate) instance_parts: SchemaRef,
    pub(crate) impression_parts: SchemaRef,
    pub(crate) fct_impression: SchemaRef,
    pub(crate) mart: SchemaRef,
}

impl Schemas {
    pub(crate) fn of(&self, table: Table) -> SchemaRef {
        Arc::clone(match table {
            Table::Events => &self.events,
            Table::Rejects => &self.rejects,
            Table::Losses => &self.losses,
            Table::InstanceParts => &self.instance_parts,
            Table::FctImpression => &self.fct_impression,
            Table::MartContentHour => &self.mart,
        })
    }
}

/// The columns of every table, worked out once.
pub(crate) async fn schemas() -> Result<&'static Schemas> {
    static ONCE: OnceCell<Schemas> = OnceCell::const_new();
    ONCE.get_or_try_init(plan).await
}

async fn plan() -> Result<Schemas> {
    let context = SessionContext::new();
    let empty = |name: &str, schema: &SchemaRef| {
        context.register_table(name, Arc::new(EmptyTable::new(Arc::clone(schema))))
    };
    let events = decode::schema();
    let reports = decode::instances_schema();
    empty("events", &events)?;
    empty("instance_reports", &reports)?;
    let instance_parts = with(
        &columns(&context, sql::INSTANCE_PARTS).await?,
        [("version", DataType::Int64), ("seen", DataType::Utf8)],
    );
    empty("instance_parts", &instance_parts)?;
    empty(
        "instance_totals",
        &columns(&context, sql::INSTANCE_TOTALS).await?,
    )?;
    let impression_parts = columns(&context, sql::IMPRESSION_PARTS).await?;
    empty("impression_parts", &impression_parts)?;
    let fct_impression = columns(&context, sql::FCT_IMPRESSION).await?;
    empty("fct_impression", &fct_impression)?;
    let flags = [
        ("is_final", DataType::Boolean),
        ("late_after_final", DataType::Boolean),
    ];
    let mart = with(&columns(&context, sql::CONTENT_HOUR).await?, flags);
    Ok(Schemas {
        events,
        rejects: decode::rejects_schema(),
        losses: decode::losses_schema(),

        instance_parts,
        impression_parts,
        fct_impression,
        mart,
    })
}

/// The columns a query yields; all may be null, since a file of an older version may lack some.
async fn columns(context: &SessionContext, sql: &str) -> Result<SchemaRef> {
    let frame = context.sql(sql).await?;
    let fields: Vec<FieldRef> = frame
        .schema()
        .fields()
        .iter()
        .map(|field| Arc::new(Field::new(field.name(), stored(field.data_type()), true)))
        .collect();
    Ok(Arc::new(Schema::new(fields)))
}

/// Views of strings are a form of memory; files hold plain strings.
fn stored(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8View => DataType::Utf8,
        other => other.clone(),
    }
}

fn with<const N: usize>(schema: &SchemaRef, more: [(&str, DataType); N]) -> SchemaRef {
    let fields: Vec<FieldRef> = schema
        .fields()
        .iter()
        .cloned()
        .chain(
            more.into_iter()
                .map(|(name, kind)| Arc::new(Field::new(name, kind, true))),
        )
        .collect();
    Arc::new(Schema::new(fields))
}
