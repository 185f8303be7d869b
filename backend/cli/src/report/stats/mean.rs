//! The mean of a quantity from its additive sums.

use super::Interval;
use super::normal::Z_95;

/// The mean with its 95 % normal interval, from count, sum and sum of squares. Nothing below two values.
pub(in crate::report) fn mean(n: u64, sum: f64, squares: f64) -> Option<Interval> {
    if n < 2 {
        return None;
    }
    let count = n as f64;
    let value = sum / count;
    let variance = ((squares - sum * value) / (count - 1.0)).max(0.0);
    let half = Z_95 * (variance / count).sqrt();
    Some(Interval {
        value,
        low: (value - half).max(0.0),
        high: value + half,
    })
}
