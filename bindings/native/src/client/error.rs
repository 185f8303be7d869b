//! What can go wrong at the client's edge, by what the caller will do about it.

use std::io;

use eyeline_core::{InvalidText, Refused};
use thiserror::Error;

use super::transport::TransportError;
use crate::host::InvalidEndpoint;
use crate::journal::OpenError;

/// Why a client could not be built. Each says what to change.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The collector's address or the write key.
    #[error(transparent)]
    Endpoint(#[from] InvalidEndpoint),
    /// The affiliate's name.
    #[error("the affiliate is not valid")]
    Affiliate(#[source] InvalidText),
    /// The debug tag.
    #[error("the debug tag must be 1 to 64 letters, digits, '-', '_', '.' or '~'")]
    DebugTag,
    /// Nobody said where events are kept.
    #[error(
        "say where events are kept: `directory(path)`, or `in_memory()` to lose them when the process ends"
    )]
    NoStore,
    /// A time of zero.
    #[error("{what} must be longer than zero")]
    ZeroTime {
        /// The name of the setting.
        what: &'static str,
    },
    /// The directory for events.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// This machine's certificates or sockets.
    #[error(transparent)]
    Network(#[from] TransportError),
    /// The system refused a thread.
    #[error("could not start the worker thread")]
    Thread(#[source] io::Error),
}

/// Why an event was not recorded. The app needs to do nothing about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotRecorded {
    /// Consent, sampling or a limit speaks against this event.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The client has been shut down.
    #[error("the client has been shut down")]
    Stopped,
}
