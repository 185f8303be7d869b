//! What can go wrong with a warehouse, named after what the operator does next.

use crate::error::LoadError;

/// An error of a warehouse. Whatever it is, the warehouse holds what it held before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WarehouseError {
    /// The address can't be used; fix what is named.
    #[error("warehouse address: {0}")]
    Address(String),
    /// The tables there are not ours to load; do what is named.
    #[error("warehouse tables: {0}")]
    Tables(String),
    /// The warehouse was loaded from another lake. Use another schema for this one, or drop the tables.
    #[error(
        "this warehouse holds another lake: it has commit {version} of run {theirs}, and this lake has {ours} there"
    )]
    OtherLake {
        /// The newest commit it has taken over.
        version: u64,
        /// The run that wrote it, as the warehouse says.
        theirs: String,
        /// The run that wrote it, as the lake says.
        ours: String,
    },
    /// The warehouse could not be reached, asked to come back, or gave no answer; run again.
    #[error("warehouse, try again: {0}")]
    Busy(String),
    /// The warehouse took the load back, as it does where others work on the same tables; run again.
    #[error("warehouse, rolled back, try again: {0}")]
    RolledBack(String),
    /// The warehouse refused what it was asked; read what it says.
    #[error("warehouse: {0}")]
    Refused(String),
    /// The lake could not be read.
    #[error(transparent)]
    Lake(#[from] LoadError),
}

impl WarehouseError {
    /// Whether the same may succeed without anybody mending anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy(_) | Self::RolledBack(_) => true,
            // A file that compaction superseded may be gone since the plan was made: the next plan names others.
            Self::Lake(error) => matches!(
                error,
                LoadError::Store(_) | LoadError::Query(_) | LoadError::Parquet(_)
            ),
            _ => false,
        }
    }
}

/// The result of everything a warehouse does.
pub(super) type Result<T, E = WarehouseError> = std::result::Result<T, E>;
