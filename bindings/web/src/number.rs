//! JavaScript's one kind of number, as the kinds that the core takes. Every input has a result: what is no number is 0, what
//! is too large is the largest.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates, and makes 0 of NaN"
)]

/// A count, or a time that has passed.
pub(crate) fn count(value: f64) -> u64 {
    value as u64
}

/// A count that stays small: pixels, a position.
pub(crate) fn small(value: f64) -> u32 {
    value as u32
}

/// A length, or a place in a list.
pub(crate) fn index(value: f64) -> usize {
    value as usize
}

/// An amount or a time that may lie below zero.
pub(crate) fn whole(value: f64) -> i64 {
    value as i64
}

/// Minutes that may lie below zero.
pub(crate) fn minutes(value: f64) -> i32 {
    value as i32
}

/// A count where there is one: a negative number and NaN stand for none.
pub(crate) fn known(value: f64) -> Option<f64> {
    (value >= 0.0).then_some(value)
}

/// A count as JavaScript holds it, exact up to 2^53.
pub(crate) fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::{count, known, small, whole};

    #[test]
    fn every_number_has_a_result() {
        assert_eq!(count(f64::NAN), 0);
        assert_eq!(count(-1.0), 0);
        assert_eq!(count(f64::INFINITY), u64::MAX);
        assert_eq!(small(1e12), u32::MAX);
        assert_eq!(whole(-1.5), -1);
    }

    #[test]
    fn a_wall_time_survives() {
        assert_eq!(whole(1_795_455_480_123.0), 1_795_455_480_123);
    }

    #[test]
    fn what_is_unknown_is_said_with_a_negative_number_or_nan() {
        assert_eq!(known(-1.0), None);
        assert_eq!(known(f64::NAN), None);
        assert_eq!(known(0.0), Some(0.0));
    }
}
