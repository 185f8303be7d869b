//! How events leave the device: one POST, done by the platform.

use eyeline_core::HostAnswer;

/// Sends for a client. Called on a thread that the library keeps for it, one request at a time: it may block.
#[uniffi::export(rust, foreign)]
pub trait Transport: Send + Sync {
    /// Does one POST and returns the whole answer, whatever its status. Follows no redirect, adds no cookie, sets
    /// `Content-Type: application/octet-stream` and no `Content-Encoding`.
    ///
    /// # Errors
    /// [`TransportError`] where no whole answer came.
    fn send(&self, request: Request) -> Result<Response, TransportError>;
}

/// One POST.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Request {
    /// Where to. Holds the write key: keep it out of logs.
    pub url: String,
    /// What to send, as it is.
    pub body: Vec<u8>,
    /// How long it may take, the answer included, in ms.
    pub timeout_ms: u64,
    /// How many bytes of an answer to read at most; a longer one may be cut there.
    pub answer_bytes_max: u32,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header `Retry-After`, as sent.
    #[uniffi(default)]
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why no answer came. The events are kept and sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    /// No network, no connection, a reset, a TLS failure, or an exception nobody declared.
    #[error("the collector could not be reached")]
    Unreachable,
    /// The time was up.
    #[error("the collector did not answer in time")]
    TimedOut,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        TransportError::Unreachable
    }
}

/// What came of a request, for the engine to judge.
pub(crate) fn answer(outcome: Result<Response, TransportError>) -> HostAnswer {
    match outcome {
        Ok(response) => HostAnswer::Http {
            code: response.status,
            retry_after: response.retry_after,
            body: response.body,
        },
        Err(TransportError::Unreachable) => HostAnswer::Unreachable,
        Err(TransportError::TimedOut) => HostAnswer::TimedOut,
    }
}
