//! Ratios: of two rates, and the error of a rate whose trials come in clusters.

use super::Interval;
use super::normal::Z_95;
use super::proportion::Counted;

/// One rate over another with its 95 % log interval: D. Katz et al., Biometrics 34 (1978). Nothing where either has no hit.
pub(in crate::report) fn rate_ratio(now: Counted, before: Counted) -> Option<Interval> {
    if now.hits == 0 || before.hits == 0 {
        return None;
    }
    let value = now.rate() / before.rate();
    let part = |counted: Counted| 1.0 / counted.hits as f64 - 1.0 / counted.n as f64;
    let spread = (Z_95 * (part(now) + part(before)).sqrt()).exp();
    Some(Interval {
        value,
        low: value / spread,
        high: value * spread,
    })
}

/// Sums over visitors of a variant: n is a visitor's impressions, x the visitor's clicks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct ClusterSums {
    pub(in crate::report) visitors: u64,
    pub(in crate::report) n: f64,
    pub(in crate::report) x: f64,
    pub(in crate::report) nn: f64,
    pub(in crate::report) nx: f64,
    pub(in crate::report) xx: f64,
}

/// The standard error of clicks / impressions when visitors, not impressions, are independent: the delta method for a ratio
/// (W. G. Cochran, "Sampling techniques", §6.3; A. Deng et al., KDD 2018). Nothing below two visitors.
pub(in crate::report) fn clustered_error(sums: ClusterSums) -> Option<f64> {
    if sums.visitors < 2 || sums.n <= 0.0 {
        return None;
    }
    let visitors = sums.visitors as f64;
    let rate = sums.x / sums.n;
    let residuals = (sums.xx - 2.0 * rate * sums.nx + rate * rate * sums.nn).max(0.0);
    Some((residuals * visitors / (visitors - 1.0)).sqrt() / sums.n)
}
