//! Input that can't be what it was meant to be: counted and kept in words, since no call may throw into the app.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Says in words what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    /// Wraps what a check of the core said.
    pub(crate) fn of(error: impl Display) -> Self {
        Invalid(error.to_string())
    }
}

/// What was refused as invalid since the start.
#[derive(Debug, Default)]
pub(crate) struct Invalids(Mutex<Noted>);

/// How many calls, and what the last of them was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) calls: u64,
    pub(crate) last: Option<String>,
}

impl Invalids {
    /// Counts what is invalid and passes on what isn't.
    pub(crate) fn valid<T>(&self, checked: Result<T, Invalid>) -> Option<T> {
        checked
            .inspect_err(|Invalid(message)| {
                let mut noted = self.lock();
                noted.calls += 1;
                noted.last = Some(message.clone());
            })
            .ok()
    }

    /// What was noted so far.
    pub(crate) fn noted(&self) -> Noted {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
