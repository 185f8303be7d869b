//! What can go wrong while a report is made, named after what the caller can do about it.

use datafusion::error::DataFusionError;

/// Why no report could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A report query failed: the lake is older than the queries, or can't be read.
    #[error("report query {file} failed: {source}")]
    Query {
        /// The SQL file, under `backend/sql/reports`.
        file: &'static str,
        /// What the query engine said.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A query answered without a column the page needs.
    #[error("report query {file} has no column {column}")]
    Column {
        /// The SQL file, under `backend/sql/reports`.
        file: &'static str,
        /// The column that is missing or has another type.
        column: &'static str,
    },
    /// The page could not be laid out.
    #[error("report page could not be printed: {0}")]
    Print(String),
    /// The lake could not be opened.
    #[error("lake could not be opened: {0}")]
    Open(String),
}
