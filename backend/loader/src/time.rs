//! Hours and dates of UTC, as they stand in keys and partitions.

use arrow::temporal_conversions::timestamp_ms_to_datetime;

pub(crate) const SECOND_MS: i64 = 1_000;
pub(crate) const HOUR_MS: i64 = 3_600 * SECOND_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// The start of the hour that holds this moment.
pub(crate) fn hour_of(ms: i64) -> i64 {
    ms.div_euclid(HOUR_MS) * HOUR_MS
}

/// `2026-11-23`.
pub(crate) fn date(ms: i64) -> String {
    format(ms, "%Y-%m-%d")
}

/// `14`.
pub(crate) fn hour(ms: i64) -> String {
    format(ms, "%H")
}

/// `2026/11/23`: the prefix of a day.
pub(crate) fn day_prefix(ms: i64) -> String {
    format(ms, "%Y/%m/%d")
}

/// `2026/11/23/14`: the prefix under which delivery puts what it received in that hour.
pub(crate) fn hour_prefix(ms: i64) -> String {
    format(ms, "%Y/%m/%d/%H")
}

/// `2026-11-23 14:05:09.123`: how SQL writes a moment.
pub(crate) fn timestamp(ms: i64) -> String {
    format(ms, "%Y-%m-%d %H:%M:%S%.3f")
}

fn format(ms: i64, pattern: &str) -> String {
    timestamp_ms_to_datetime(ms).map_or_else(
        || "0000-00-00".to_owned(),
        |moment| moment.format(pattern).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_its_prefix() {
        assert_eq!(hour_prefix(1_574_553_634_762), "2019/11/24/00");
        assert_eq!(hour_of(1_574_553_634_762), 1_574_553_600_000);
        assert_eq!((date(0).as_str(), hour(-1).as_str()), ("1970-01-01", "23"));
    }
}
