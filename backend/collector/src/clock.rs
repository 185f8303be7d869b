//! The collector's wall clock, which a replay may own.
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use eyeline_core::UnixMillis;

/// Tells the present in UTC.
pub type WallClock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// The machine's own clock.
#[must_use]
pub fn system_clock() -> WallClock {
    Arc::new(|| {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        UnixMillis::from_i64(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
    })
}
