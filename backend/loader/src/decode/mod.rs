//! Raw lines to Arrow: the one decoder behind the embedded engine and Spark. It knows no lake and no SQL.
//!
//! [`Lines`] reads an object in bounded memory, [`Decoder`] turns its lines into the tables of [`Decoded`]; [`Pieces`] leads the one to the
//! other, so much at once.

mod bots;
mod calendar;
mod columns;
mod context;
mod decoder;
mod events;
mod lines;
mod output;
mod pieces;
mod salts;
mod schema;
mod side;

pub use bots::crawler;
pub use columns::{EVENTS, INSTANCES, LOSSES, REJECTS};
pub use decoder::Decoder;
pub use lines::Lines;
pub use output::{Counts, Decoded, Forgotten};
pub use pieces::Pieces;
pub use salts::{Quarter, Salts, VisitorKeys, WeakSecret};
pub use schema::{Column, ColumnKind, instances_schema, losses_schema, rejects_schema, schema};
