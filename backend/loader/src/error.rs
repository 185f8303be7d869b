//! What can go wrong while loading, named after what the operator does next.

/// An error of the loader. Each variant calls for a different action.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The configuration can't be used; fix the named setting.
    #[error("{0}")]
    Config(String),
    /// One raw file can't be read to its end. The others were loaded; repair or remove this one, then run again.
    #[error("raw file {path} can't be read: {reason}")]
    BadFile {
        /// The key of the raw file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Some raw files can't be read to their end. Everything else was loaded; repair or remove these, then run again.
    #[error("{} of the raw files can't be read; first {}", report.bad_files.len(), named(report))]
    BadFiles {
        /// What the run did, with the files left out.
        report: Box<crate::RunReport>,
    },
    /// The counts of one raw file don't add up; nothing of its micro-batch was committed. This is a defect: report it.
    #[error(
        "raw file {path}: read {read} is not written {written} + duplicate {duplicate} + rejected {rejected}"
    )]
    Count {
        /// The key of the raw file.
        path: String,
        /// Events read from it.
        read: u64,
        /// Events kept.
        written: u64,
        /// Copies dropped.
        duplicate: u64,
        /// Events refused.
        rejected: u64,
    },
    /// An object of the lake's log is damaged or was written by a newer version; restore it or upgrade.
    #[error("lake object {path} can't be used: {reason}")]
    Log {
        /// The key of the object.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Other loaders committed first, again and again; run again later.
    #[error("lost the race for the next commit {0} times")]
    Contended(u32),
    /// The object store failed; run again.
    #[error("object store: {0}")]
    Store(#[from] object_store::Error),
    /// A query of the facts or marts failed.
    #[error("query: {0}")]
    Query(#[from] datafusion::error::DataFusionError),
    /// A Parquet file can't be read or written.
    #[error("parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Arrow refused an operation.
    #[error("arrow: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The local scratch folder can't be used.
    #[error("scratch folder: {0}")]
    Scratch(#[from] std::io::Error),
}

/// The result of everything the loader does.
pub type Result<T, E = LoadError> = std::result::Result<T, E>;

fn named(report: &crate::RunReport) -> String {
    report
        .bad_files
        .first()
        .map_or_else(String::new, |(path, reason)| format!("{path}: {reason}"))
}
