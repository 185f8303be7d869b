//! Brings numbers a host reports into the range the wire allows: a broken clock or counter must not cost the event.

use crate::UnixMillis;
use crate::limits::{INTEGER_MAX, MEASURED_MAX, WALL_MS_MAX, WALL_MS_MIN};
use crate::time::millis;

/// A wall clock reading that a device may have.
pub(super) fn wall(at: UnixMillis) -> UnixMillis {
    UnixMillis::from_i64(at.as_i64().clamp(WALL_MS_MIN, WALL_MS_MAX))
}

/// A measured time, in ms, as the wire bounds it.
pub(super) fn measured(ms: u64) -> u64 {
    ms.min(millis(MEASURED_MAX))
}

/// A count or duration that every JSON reader keeps exact.
pub(super) fn count(count: u64) -> u64 {
    count.min(INTEGER_MAX)
}

/// A position or size that fits the warehouse's integer columns.
pub(super) fn narrow(number: u32) -> u32 {
    number.min(i32::MAX.unsigned_abs())
}

/// Minutes east of UTC, where they can be a time zone's.
pub(super) fn zone(minutes: i32) -> Option<i64> {
    (-24 * 60..=24 * 60)
        .contains(&minutes)
        .then_some(i64::from(minutes))
}

#[cfg(test)]
mod tests {
    use super::measured;
    use crate::wire::{Event, Kind};

    #[test]
    fn a_time_measured_for_days_is_brought_within_what_the_wire_takes() {
        let click = |latency| Event {
            imp: Some(1),
            content: Some("c".into()),
            placement: Some("p".into()),
            latency_ms: Some(latency),
            ..Event::new(Kind::Click, 1, 0)
        };
        let three_days = 3 * 24 * 3600 * 1000;
        assert!(click(three_days).check().is_err());
        assert_eq!(click(measured(three_days)).check(), Ok(()));
    }
}
