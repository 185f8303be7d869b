//! Raw lines to clean Parquet, facts and marts, exactly once.
//!
//! Without default features the crate is [`decode`] alone, as Spark calls it.

pub mod decode;
