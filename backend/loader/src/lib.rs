//! Raw lines to clean Parquet, facts and marts, exactly once.
//!
//! Without default features the crate is [`decode`] alone, as Spark calls it.
//!
//! ```
//! # #[cfg(feature = "engine")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use eyeline_loader::decode::Salts;
//! use eyeline_loader::{LakeReader, Loader, Options};
//!
//! let folder = tempfile::tempdir()?;
//! let (raw, lake) = (folder.path().join("raw"), folder.path().join("lake"));
//! std::fs::create_dir_all(raw.join("2019/11/24/00"))?;
//! let line = concat!(
//!     r#"{"rcv":1574553640000,"aff":"zozo-men","gpc":0,"key":"web","w":1574553639900,"s":5900,"att":1,"b":{"v":"1-0-0","#,
//!     r#""inst":"9kPz3vK2QmWc8RtY","bn":1,"sdk":"web/1.0.0","t0":1574553634000,"src":{"aff":"zozo-men"},"#,
//!     r#""con":{"mode":"full","gpc":0,"coppa":0},"ev":[{"k":"render","n":1,"dt":5,"imp":1,"c":"item-14","pl":"recs","pos":3,"ms":1}]}}"#,
//! );
//! std::fs::write(raw.join("2019/11/24/00/delivery"), line)?;
//!
//! let mut options = Options::new(Salts::new(b"a secret of thirty-two bytes ...")?);
//! options.list_all = true; // not only the last 26 hours
//! let loader = Loader::new(&raw.to_string_lossy(), &lake.to_string_lossy(), options)?;
//! let report = loader.run_once().await?;
//! assert_eq!((report.counts.read, report.counts.written), (1, 1));
//! assert_eq!(loader.run_once().await?.counts.read, 0); // loaded once, whatever happens
//!
//! let reader = LakeReader::open(loader.lake()).await?;
//! let rows = reader.query("SELECT content_id, impressions FROM mart_content_hour").await?;
//! assert_eq!(rows[0].num_rows(), 1);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "engine"))]
//! # fn main() {}
//! ```
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
mod publish;
#[cfg(feature = "engine")]
mod session;
#[cfg(feature = "engine")]
mod sql;
#[cfg(feature = "sqs")]
mod sqs;
#[cfg(feature = "engine")]
mod time;
#[cfg(feature = "engine")]
pub mod warehouse;

#[cfg(feature = "engine")]
pub use error::{LoadError, Result};
#[cfg(feature = "engine")]
pub use lake::{
    Commit, CommitKind, Counts, DataFile, Lake, LoadRow, RawFile, Snapshot, StoreAt, Table,
    Tombstone,
};
#[cfg(feature = "engine")]
pub use load::{Clock, Loader, Notice, Options, RunReport};
#[cfg(feature = "engine")]
pub use maintain::{Retained, Verified};
#[cfg(feature = "engine")]
pub use session::{LakeReader, QueryLimits};
#[cfg(feature = "sqs")]
pub use sqs::{Heard, Queue, QueueError};
