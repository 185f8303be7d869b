//! The two clocks the engine is handed.

mod platform;
mod stepped;

use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eyeline_core::{Now, UnixMillis};

pub use stepped::{SteppedClock, SteppedSleep};

/// Where a client reads the time. The system's by default; a test or a replay owns one it steps itself.
pub trait Clock: Debug + Send + Sync {
    /// What the clocks show.
    fn now(&self) -> Now;
}

/// The clocks of the machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

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
}

/// The longest a worker sleeps in one go (ours): timers stand still while the machine sleeps, and looking this often bounds how
/// late it is afterwards.
pub const LONGEST_NAP: Duration = Duration::from_secs(30);

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
