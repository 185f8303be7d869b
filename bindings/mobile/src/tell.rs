//! Tells the app's listener what changed, once the worker has nothing else to do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use eyeline_core as core;

use crate::ffi::{Listener, Loss, State};
use crate::invalid::Noted;

/// A listener, and what it was told.
pub(crate) struct Tell {
    listener: Arc<dyn Listener>,
    failures: u32,
    lost: core::LossCounts,
    invalid: u64,
}

impl Tell {
    /// Tells of what comes after `stats`.
    pub(crate) fn new(listener: Arc<dyn Listener>, stats: &core::Stats) -> Self {
        Tell {
            listener,
            failures: stats.failures,
            lost: stats.lost.clone(),
            invalid: 0,
        }
    }

    /// Tells what is new.
    pub(crate) fn changed(&mut self, stats: &core::Stats, invalid: &Noted) {
        if stats.failures != self.failures {
            self.failures = stats.failures;
            let wait = stats.blocked_for.unwrap_or_default();
            self.tell(|listener| match stats.failures {
                0 => listener.on_state(State::Ready),
                failures => listener.on_state(State::Waiting {
                    failures,
                    for_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                }),
            });
        }
        let before = std::mem::replace(&mut self.lost, stats.lost.clone());
        let more: Vec<Loss> = stats
            .lost
            .iter()
            .map(|(reason, events)| Loss {
                reason: (*reason).into(),
                events: events.saturating_sub(before.get(reason).copied().unwrap_or(0)),
            })
            .filter(|loss| loss.events > 0)
            .collect();
        if !more.is_empty() {
            self.tell(|listener| listener.on_losses(more));
        }
        if invalid.calls != self.invalid {
            self.invalid = invalid.calls;
            let message = invalid.last.clone().unwrap_or_default();
            self.tell(|listener| listener.on_invalid(invalid.calls, message));
        }
    }

    /// Tells that the client was shut down.
    pub(crate) fn stopped(&self) {
        self.tell(|listener| listener.on_state(State::Stopped));
    }

    /// What a listener does wrong is its own affair.
    fn tell<R>(&self, say: impl FnOnce(&dyn Listener) -> R) {
        let _: Result<R, _> = catch_unwind(AssertUnwindSafe(|| say(&*self.listener)));
    }
}
