//! `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.

#[cfg(feature = "decode")]
use super::http_date::http_date;
use crate::UnixMillis;
use crate::limits::RETRY_AFTER_MAX;
use crate::time::millis;

/// How many ms the server asks to wait, at most an hour; `None` when the header makes no sense.
/// A date in the past means now.
pub(super) fn retry_after(header: &str, wall: UnixMillis) -> Option<u64> {
    let header = header.trim_ascii();
    let wait_ms = match seconds(header) {
        Some(seconds) => seconds.saturating_mul(1_000),
        None => http_date(header)?.ms_since(wall),
    };
    Some(wait_ms.min(millis(RETRY_AFTER_MAX)))
}

/// Digits and nothing else; more than fit are as many as fit.
fn seconds(text: &str) -> Option<u64> {
    let mut seconds = None;
    for byte in text.bytes() {
        let digit = Some(byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)?;
        let so_far: u64 = seconds.unwrap_or(0);
        seconds = Some(so_far.saturating_mul(10).saturating_add(digit.into()));
    }
    seconds
}

/// Without `decode` the host reads dates, and hands over seconds.
#[cfg(not(feature = "decode"))]
fn http_date(_: &str) -> Option<UnixMillis> {
    None
}

#[cfg(all(test, feature = "decode"))]
mod tests {
    use super::retry_after;
    use crate::UnixMillis;
    use proptest::prelude::*;

    const EPOCH: UnixMillis = UnixMillis::from_i64(0);

    #[test]
    fn seconds_are_read() {
        assert_eq!(retry_after(" 120 ", EPOCH), Some(120_000));
    }

    #[test]
    fn a_date_is_a_wait_until_then() {
        let wall = UnixMillis::from_i64(784_111_747_000);
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", wall),
            Some(30_000)
        );
    }

    #[test]
    fn a_date_in_the_past_is_no_wait() {
        let wall = UnixMillis::from_i64(999_999_999_000);
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", wall), Some(0));
    }

    #[test]
    fn a_server_can_silence_a_client_for_an_hour_at_most() {
        for header in [
            "7200",
            "99999999999999999999999",
            "Fri, 31 Dec 2099 23:59:59 GMT",
        ] {
            assert_eq!(retry_after(header, EPOCH), Some(3_600_000), "{header}");
        }
    }

    #[test]
    fn nonsense_is_as_good_as_nothing() {
        for header in [
            "",
            "-1",
            "soon",
            "1.5",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:00:00 GMT",
            "😀",
        ] {
            assert_eq!(retry_after(header, EPOCH), None, "{header}");
        }
    }

    #[test]
    fn dates_beyond_reason_are_nonsense() {
        for header in [
            "Sun, 06 Nov 1994 9223372036854775807:00:00 GMT",
            "Sun, 06 Nov 1994 00:00:-9223372036854775808 GMT",
            "Sun, 9223372036854775807 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(retry_after(header, EPOCH), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_beyond_reading(header: String, wall: i64) {
            let wait = retry_after(&header, UnixMillis::from_i64(wall));
            prop_assert!(wait.is_none_or(|wait| wait <= 3_600_000));
        }

        #[test]
        fn no_date_is_beyond_reading(day: i64, year in 0..10_000, clock: [i64; 3], wall: i64) {
            let [hour, minute, second] = clock;
            let header = format!("Sun, {day} Nov {year:04} {hour}:{minute}:{second} GMT");
            let wait = retry_after(&header, UnixMillis::from_i64(wall));
            prop_assert!(wait.is_none_or(|wait| wait <= 3_600_000));
        }
    }
}
