//! `Retry-After` (RFC 9110 §10.2.3): seconds, or one of the three date formats of RFC 9110 §5.6.7.

use std::time::Duration;

use crate::UnixMillis;
use crate::limits::RETRY_AFTER_MAX;

/// How long the server asks to wait, at most an hour; `None` when the header makes no sense.
/// A date in the past means now.
pub(super) fn retry_after(header: &str, wall: UnixMillis) -> Option<Duration> {
    let header = header.trim();
    let wait = if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        Duration::from_secs(header.parse().unwrap_or(u64::MAX))
    } else {
        http_date(header)?.since(wall)
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
fn http_date(text: &str) -> Option<UnixMillis> {
    let words: Vec<&str> = text
        .split([' ', ',', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    let (day, month, year, time) = match *words.as_slice() {
        [_, day, month, year, time, "GMT"] => (day, month, year, time),
        [_, month, day, time, year] => (day, month, year, time),
        _ => return None,
    };
    let month = 1 + i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()?;
    let mut clock = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let (day, year) = (day.parse::<i64>().ok()?, full_year(year)?);
    let sane = (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && clock.next().is_none();
    if !sane {
        return None;
    }
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(UnixMillis::from_i64(seconds * 1_000))
}

/// Two digits are the obsolete format's: 70 to 99 are of the last century.
fn full_year(text: &str) -> Option<i64> {
    let year: i64 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 if year >= 70 => Some(1900 + year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// Days of the Gregorian calendar, counted from March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests {
    use super::{days_since_1970, http_date, retry_after};
    use crate::UnixMillis;
    use proptest::prelude::*;
    use std::time::Duration;

    const EPOCH: UnixMillis = UnixMillis::from_i64(0);

    #[test]
    fn seconds_are_read() {
        assert_eq!(retry_after(" 120 ", EPOCH), Some(Duration::from_secs(120)));
    }

    #[test]
    fn the_three_date_formats_name_the_same_moment() {
        let moment = Some(UnixMillis::from_i64(784_111_777_000));
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), moment);
        assert_eq!(http_date("Sunday, 06-Nov-94 08:49:37 GMT"), moment);
        assert_eq!(http_date("Sun Nov  6 08:49:37 1994"), moment);
    }

    #[test]
    fn a_date_is_a_wait_until_then() {
        let wall = UnixMillis::from_i64(784_111_747_000);
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", wall),
            Some(Duration::from_secs(30))
        );
    }

    #[test]
    fn a_date_in_the_past_is_no_wait() {
        let wall = UnixMillis::from_i64(999_999_999_000);
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", wall),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn a_server_can_silence_a_client_for_an_hour_at_most() {
        for header in [
            "7200",
            "99999999999999999999999",
            "Fri, 31 Dec 2099 23:59:59 GMT",
        ] {
            assert_eq!(
                retry_after(header, EPOCH),
                Some(Duration::from_secs(3_600)),
                "{header}"
            );
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
            prop_assert!(wait.is_none_or(|wait| wait <= Duration::from_secs(3_600)));
        }

        #[test]
        fn no_date_is_beyond_reading(day: i64, year in 0..10_000, clock: [i64; 3], wall: i64) {
            let [hour, minute, second] = clock;
            let header = format!("Sun, {day} Nov {year:04} {hour}:{minute}:{second} GMT");
            let wait = retry_after(&header, UnixMillis::from_i64(wall));
            prop_assert!(wait.is_none_or(|wait| wait <= Duration::from_secs(3_600)));
        }
    }

    #[test]
    fn leap_days_are_days() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(
            days_since_1970(2000, 2, 29) + 1,
            days_since_1970(2000, 3, 1)
        );
        assert_eq!(
            days_since_1970(2100, 2, 28) + 1,
            days_since_1970(2100, 3, 1)
        );
    }
}
