//! How many events a key sent in the current UTC day.
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use eyeline_core::UnixMillis;

/// A count that starts again at each UTC midnight. Kept in memory: a restart within the day starts it again.
#[derive(Debug, Default)]
pub(super) struct DayCount(Mutex<Day>);

#[derive(Debug, Default)]
struct Day {
    number: i64,
    events: u64,
}

impl DayCount {
    /// Counts `events`, all or none; `Err` is the time until the day ends.
    pub(super) fn take(&self, events: u64, limit: u64, now: UnixMillis) -> Result<(), Duration> {
        let mut day = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.as_i64().div_euclid(DAY_MS);
        if day.number != today {
            *day = Day {
                number: today,
                events: 0,
            };
        }
        let total = day.events.saturating_add(events);
        if total > limit {
            return Err(UnixMillis::from_i64((today + 1) * DAY_MS).since(now));
        }
        day.events = total;
        Ok(())
    }

    /// Undoes a [`DayCount::take`] of the same day.
    pub(super) fn give_back(&self, events: u64, now: UnixMillis) {
        let mut day = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if day.number == now.as_i64().div_euclid(DAY_MS) {
            day.events = day.events.saturating_sub(events);
        }
    }
}

const DAY_MS: i64 = 24 * 3600 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: i64 = 1_700_006_400_000;

    #[test]
    fn a_quota_is_whole_or_nothing_and_ends_at_utc_midnight() {
        let count = DayCount::default();
        let evening = UnixMillis::from_i64(MIDNIGHT - 1_000);
        assert_eq!(count.take(8, 10, evening), Ok(()));
        assert_eq!(count.take(3, 10, evening), Err(Duration::from_secs(1)));
        assert_eq!(count.take(2, 10, evening), Ok(()));
        assert_eq!(count.take(10, 10, UnixMillis::from_i64(MIDNIGHT)), Ok(()));
    }

    #[test]
    fn what_was_not_stored_is_given_back() {
        let count = DayCount::default();
        let now = UnixMillis::from_i64(MIDNIGHT);
        count.take(10, 10, now).unwrap();
        count.give_back(4, now);
        assert_eq!(count.take(4, 10, now), Ok(()));
        assert!(count.take(1, 10, now).is_err());
    }
}
