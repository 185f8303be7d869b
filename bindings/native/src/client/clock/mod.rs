//! The two clocks the engine is handed, and how the worker sleeps until one of them shows a time.

mod platform;
mod stepped;

use std::fmt::Debug;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eyeline_core::{MonoMillis, Now, UnixMillis};

pub use stepped::SteppedClock;

/// Where a client reads the time. The system's by default; a test or a replay owns one it steps itself.
pub(crate) trait Clock: Debug + Send + Sync {
    /// What the clocks show.
    fn now(&self) -> Now;

    /// Ends at `mono`, or earlier: the worker asks the engine again and goes back to sleep.
    fn sleep_until(&self, mono: MonoMillis) -> Sleep;
}

/// A sleep under way.
pub(crate) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clocks of the machine.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let wall = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Now {
            wall: UnixMillis::from_i64(wall),
            mono: platform::mono(),
        }
    }

    fn sleep_until(&self, mono: MonoMillis) -> Sleep {
        let nap = mono.since(platform::mono()).min(LONGEST_NAP);
        Box::pin(tokio::time::sleep(nap))
    }
}

/// Tokio's timer stands still while the machine sleeps. Looking this often bounds how late the worker is after it.
const LONGEST_NAP: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::{Clock, SystemClock};

    #[test]
    fn the_system_clock_shows_this_century_and_never_runs_backwards() {
        let (first, second) = (SystemClock.now(), SystemClock.now());
        assert!(first.wall.as_i64() > 1_700_000_000_000);
        assert!(second.mono >= first.mono);
    }
}
