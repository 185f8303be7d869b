//! Warehouses: after every load they hold what the lake holds, row by row.

mod database;
mod exact;
mod failures;
mod redshift;
mod rows;
