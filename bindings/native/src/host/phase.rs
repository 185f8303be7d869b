//! What the worker is at: who wants it to do something looks here whether it has to be woken.

use eyeline_core::MonoMillis;

/// What the part of the worker that sends is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    /// Up: it will ask the engine before it sleeps.
    Up,
    /// Asleep until then: nothing is due before.
    Asleep(MonoMillis),
    /// An upload is on its way; until then the engine has nothing else to do.
    Sending(MonoMillis),
}

impl Worker {
    /// When it asks the engine again, if nothing wakes it.
    pub(super) fn wakes_at(self) -> Option<MonoMillis> {
        match self {
            Worker::Up => None,
            Worker::Asleep(until) | Worker::Sending(until) => Some(until),
        }
    }
}
