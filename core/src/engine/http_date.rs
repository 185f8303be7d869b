//! The three date formats of RFC 9110 §5.6.7.

use crate::UnixMillis;

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
pub(super) fn http_date(text: &str) -> Option<UnixMillis> {
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
    use super::{days_since_1970, http_date};
    use crate::UnixMillis;

    #[test]
    fn the_three_date_formats_name_the_same_moment() {
        let moment = Some(UnixMillis::from_i64(784_111_777_000));
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), moment);
        assert_eq!(http_date("Sunday, 06-Nov-94 08:49:37 GMT"), moment);
        assert_eq!(http_date("Sun Nov  6 08:49:37 1994"), moment);
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
