//! Raw files to a commit: discover, decode, drop copies, write, work out facts and marts.

mod attempt;
mod batch;
mod clean;
mod copies;
mod discover;
mod facts;
mod index;
mod ingest;
mod mart;
mod notices;
mod options;
mod properties;
mod put_aside;
mod report;
mod run;
mod scratch;
mod seen;
mod source;
mod write;

pub use notices::Notice;
pub use options::{Clock, Options};
pub use report::RunReport;
pub use run::Loader;

pub(crate) use attempt::{Attempt, run_id};
pub(crate) use clean::{Target, write_sorted};
pub(crate) use facts::{Change, note_hours, take_out, write_buckets, write_impressions};
pub(crate) use index::LocalTable;
pub(crate) use mart::refill;
pub(crate) use options::{ms, system_time};
pub(crate) use scratch::{column, inst_bucket, visitor_bucket};
pub(crate) use seen::Seen;
#[cfg(feature = "sqs")]
pub(crate) use source::{delivered, put_aside};
