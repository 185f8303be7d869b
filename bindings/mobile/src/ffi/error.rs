//! Why a client could not start, by what the app does about it.

use eyeline::journal::OpenError;

use crate::invalid::Invalid;

/// Why a client could not start. The message says more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi(flat_error)]
pub enum StartError {
    /// A setting is not valid; the message names it. Change it.
    #[error("{0}")]
    Settings(String),
    /// Another client holds the directory. Use that one, or shut it down first.
    #[error("{0}")]
    InUse(String),
    /// The disk refused, or the device is locked, or a newer release wrote the directory. Try again later, or go on in memory.
    #[error("{0}")]
    Storage(String),
    /// The system refused a thread. Try again later.
    #[error("could not start a thread")]
    System,
}

impl From<Invalid> for StartError {
    fn from(Invalid(message): Invalid) -> Self {
        StartError::Settings(message)
    }
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
        let message = format!("{error}{}", source.unwrap_or_default());
        match error {
            OpenError::InUse { .. } => StartError::InUse(message),
            _ => StartError::Storage(message),
        }
    }
}
