//! The lake: immutable data files and the numbered log of commits that says which of them count.

mod commit;
mod durable;
mod fold;
mod log;
mod snapshot;
mod store;

pub use commit::{Commit, CommitKind, Counts, DataFile, RawFile, Table, Tombstone};
pub(crate) use log::Committed;
pub use snapshot::{LoadRow, Snapshot};
pub use store::{Lake, StoreAt};
