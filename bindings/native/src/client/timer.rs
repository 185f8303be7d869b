//! How the worker sleeps on Tokio until a clock shows a time.

use std::pin::Pin;

use eyeline_core::MonoMillis;

use crate::host::{Clock, LONGEST_NAP, SteppedClock, SystemClock};

/// A clock that can be waited for.
pub(super) trait Timer: Clock {
    /// Ends at `mono`, or earlier: the worker asks the engine again and goes back to sleep.
    fn sleep_until(&self, mono: MonoMillis) -> Sleep;
}

/// A sleep under way.
pub(super) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Timer for SystemClock {
    fn sleep_until(&self, mono: MonoMillis) -> Sleep {
        let nap = mono.since(self.now().mono).min(LONGEST_NAP);
        Box::pin(tokio::time::sleep(nap))
    }
}

impl Timer for SteppedClock {
    fn sleep_until(&self, mono: MonoMillis) -> Sleep {
        Box::pin(SteppedClock::sleep_until(self, mono))
    }
}
