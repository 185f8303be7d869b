//! Windows and others: the standard library's clock, counted from its first reading. The performance counter behind it on
//! Windows runs through sleep.

use std::sync::OnceLock;
use std::time::Instant;

use eyeline_core::MonoMillis;

/// Milliseconds since the first reading in this process.
pub(in crate::host::clock) fn mono() -> MonoMillis {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    MonoMillis::from_u64(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
