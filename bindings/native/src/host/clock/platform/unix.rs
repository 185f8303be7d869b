//! Unix: the clock that counts from the machine's start, asleep or awake, under the name each system gives it.

use eyeline_core::MonoMillis;
use rustix::time::{ClockId, clock_gettime};

/// Milliseconds since an arbitrary start, sleep included.
pub(in crate::host::clock) fn mono() -> MonoMillis {
    let time = clock_gettime(THROUGH_SLEEP);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let millis = u64::try_from(time.tv_nsec / 1_000_000).unwrap_or(0);
    MonoMillis::from_u64(seconds.saturating_mul(1000).saturating_add(millis))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const THROUGH_SLEEP: ClockId = ClockId::Boottime;

/// On Apple systems this one counts through sleep (clock_gettime(3)); the BSDs have no other.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const THROUGH_SLEEP: ClockId = ClockId::Monotonic;
