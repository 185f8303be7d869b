//! Moments as people read them, in UTC.

use chrono::DateTime;

/// `2026-11-23T14:05:00Z`.
pub(super) fn rfc3339(unix_ms: i64) -> String {
    shown(unix_ms, "%Y-%m-%dT%H:%M:%SZ")
}

/// `2026-11-23`.
pub(super) fn date(unix_ms: i64) -> String {
    shown(unix_ms, "%Y-%m-%d")
}

/// `23 Nov`.
pub(super) fn day_of_month(unix_ms: i64) -> String {
    shown(unix_ms, "%-d %b")
}

fn shown(unix_ms: i64, format: &str) -> String {
    DateTime::from_timestamp_millis(unix_ms).map_or_else(
        || "unknown".to_owned(),
        |moment| moment.format(format).to_string(),
    )
}
