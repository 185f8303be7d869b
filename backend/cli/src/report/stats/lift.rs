//! How much more often two contents are seen by the same visitor than chance would have it.

use super::Interval;
use super::normal::Z_95;

/// Visitors who saw both contents, either one, and any content at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) struct Together {
    pub(in crate::report) both: u64,
    pub(in crate::report) left: u64,
    pub(in crate::report) right: u64,
    pub(in crate::report) all: u64,
}

/// P(both) / (P(left) P(right)), the lift of S. Brin et al. (SIGMOD 1997), with a 95 % interval on the log scale by the delta
/// method for multinomial counts (A. Agresti, "Categorical data analysis", §16.1). Nothing where nobody saw both.
pub(in crate::report) fn lift(seen: Together) -> Option<Interval> {
    if seen.both == 0 {
        return None;
    }
    let [both, left, right, all] = [seen.both, seen.left, seen.right, seen.all].map(|n| n as f64);
    let value = both * all / (left * right);
    let variance = 1.0 / both - 1.0 / left - 1.0 / right + (2.0 * value - 1.0) / all;
    let spread = (Z_95 * variance.max(0.0).sqrt()).exp();
    Some(Interval {
        value,
        low: value / spread,
        high: value * spread,
    })
}
