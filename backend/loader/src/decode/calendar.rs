//! Days and months from milliseconds, in the proleptic Gregorian calendar, UTC.

/// Year, month (1 to 12) and day of month of a day counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms").
pub(super) const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year_of_era + era * 400 + (month <= 2) as i64, month, day)
}

/// Day (since 1970) and hour of an instant; days beyond what a date column holds stop at its ends.
pub(super) fn day_and_hour(millis: i64) -> (i32, i32) {
    let day = millis
        .div_euclid(DAY_MS)
        .clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    let hour = millis.rem_euclid(DAY_MS) / (3600 * 1000);
    (
        i32::try_from(day).unwrap_or(i32::MAX),
        i32::try_from(hour).unwrap_or(0),
    )
}

const DAY_MS: i64 = 24 * 3600 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_780), (2026, 11, 23));
    }

    #[test]
    fn hours_before_1970_count_from_midnight_too() {
        assert_eq!(day_and_hour(-1), (-1, 23));
        assert_eq!(day_and_hour(3_600_000), (0, 1));
    }
}
