//! Raw lines to clean Parquet, facts and marts, exactly once.
//!
//! Without default features the crate is [`decode`] alone, as Spark calls it.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test may fail by panicking")
)]

pub mod decode;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod lake;
#[cfg(feature = "engine")]
mod load;
#[cfg(feature = "engine")]
mod maintain;
#[cfg(feature = "engine")]
mod session;
#[cfg(feature = "engine")]
mod sql;
#[cfg(feature = "engine")]
mod time;

#[cfg(feature = "engine")]
pub use error::{LoadError, Result};
#[cfg(feature = "engine")]
pub use lake::{
    Commit, CommitKind, Counts, DataFile, Lake, LoadRow, RawFile, Snapshot, StoreAt, Table,
    Tombstone,
};
#[cfg(feature = "engine")]
pub use load::{Clock, Loader, Options, RunReport};
#[cfg(feature = "engine")]
pub use maintain::{Retained, Verified};
#[cfg(feature = "engine")]
pub use session::{LakeReader, QueryLimits};
