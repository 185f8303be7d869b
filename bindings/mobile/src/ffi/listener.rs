//! What an app can hear of a client: its state, what was lost, what was invalid. Called once a batch at most, never once an event.

use super::stats::Loss;

/// Hears of a client's state, on a thread of the library: be quick, and wait for no flush there. An exception is ignored.
#[uniffi::export(rust, foreign)]
pub trait Listener: Send + Sync {
    /// The state changed.
    ///
    /// # Errors
    /// Ignored.
    fn on_state(&self, state: State) -> Result<(), ListenerError>;

    /// Events will never be delivered: how many more than at the call before, by reason.
    ///
    /// # Errors
    /// Ignored.
    fn on_losses(&self, losses: Vec<Loss>) -> Result<(), ListenerError>;

    /// Calls were refused because of what they said: how many since the start, and what to change, of the last.
    ///
    /// # Errors
    /// Ignored.
    fn on_invalid(&self, calls: u64, message: String) -> Result<(), ListenerError>;
}

/// How sending stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum State {
    /// What is due is sent.
    Ready,
    /// The last attempts failed; the next waits.
    Waiting {
        /// Failed attempts in a row.
        failures: u32,
        /// How long until the next, in ms. A day where the collector refused the key.
        for_ms: u64,
    },
    /// The client was shut down.
    Stopped,
}

/// A listener failed. Nothing comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// It threw.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        ListenerError::Failed
    }
}
