//! Redshift for tests, over a real PostgreSQL.

mod postgres;

pub use postgres::{LocalPostgres, connect};
