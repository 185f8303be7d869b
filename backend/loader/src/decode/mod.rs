//! Raw lines to Arrow: the one decoder behind the embedded engine and Spark. It knows no lake and no SQL.

mod schema;

pub use schema::{
    Column, ColumnKind, EVENTS, INSTANCES, LOSSES, REJECTS, instances_schema, losses_schema,
    rejects_schema, schema,
};
