//! What wakes the worker: rung by callers, by answers, by a stepped clock.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Wake;
use std::time::Duration;

use eyeline::host::Bells;

/// A bell whose ring is never lost: rung while nobody waits, it ends the next wait.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

/// What the bell was rung for since the last wait.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rung {
    any: bool,
    /// The journal was written to.
    pub(crate) written: bool,
}

impl Bell {
    /// Ends the worker's wait.
    pub(crate) fn ring(&self) {
        self.rung_with(|_| ());
    }

    /// Waits for a ring, for at most this long, and takes it.
    pub(crate) fn wait(&self, at_most: Option<Duration>) -> Rung {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        match at_most {
            None => {
                while !rung.any {
                    rung = self
                        .changed
                        .wait(rung)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
            // One that ends early does no harm: the worker looks at the clock and waits again.
            Some(time) if !rung.any => {
                (rung, _) = self
                    .changed
                    .wait_timeout(rung, time)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            Some(_) => {}
        }
        std::mem::take(&mut *rung)
    }

    fn rung_with(&self, note: impl FnOnce(&mut Rung)) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        rung.any = true;
        note(&mut rung);
        drop(rung);
        self.changed.notify_one();
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }
}

/// The bell as the shared state rings it.
#[derive(Debug, Clone, Default)]
pub(crate) struct WorkersBell(pub(crate) Arc<Bell>);

impl Bells for WorkersBell {
    fn due(&self) {
        self.0.ring();
    }

    fn deadline_set(&self) {
        self.0.ring();
    }

    fn written(&self) {
        self.0.rung_with(|rung| rung.written = true);
    }
}
