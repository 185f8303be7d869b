//! Redshift for tests: its Data API and a strict COPY, over a real PostgreSQL.
//!
//! The Data API speaks AWS's JSON protocol with the limits of a batch, one transaction a batch, client tokens and statements that end
//! later than they are submitted. Statements are refused where Redshift would refuse them, and rewritten where PostgreSQL knows no such
//! words. COPY reads manifests and Parquet from S3, and is as strict as the manual says (`copy-usage_notes-copy-from-columnar`). Of two
//! transactions that write one table the first to commit wins; the other gets error 1023.
//!
//! What it can't show: what Redshift makes of distribution, sort keys and encodings, how fast it is, and every COPY option it was not
//! asked for. It does not authenticate.

mod api;
mod columns;
mod conflicts;
mod copy;
mod dialect;
mod faults;
mod postgres;
mod service;
mod statement;
mod transaction;

pub use faults::Faults;
pub use postgres::{LocalPostgres, connect};
pub use service::{Bucket, RedshiftSim};
