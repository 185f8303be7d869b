//! Clicks over expected clicks, with the exact interval of a Poisson count.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::Interval;

/// Clicks divided by the clicks the positions alone would have brought. The interval is F. Garwood's for the count
/// ("Fiducial limits for the Poisson distribution", Biometrika 28, 1936) over expected clicks taken as known.
pub(in crate::report) fn clicks_over_expected(clicks: u64, expected: f64) -> Option<Interval> {
    if expected <= 0.0 {
        return None;
    }
    let low = if clicks == 0 {
        0.0
    } else {
        quantile(2.0 * clicks as f64, 0.025)? / 2.0
    };
    let high = quantile(2.0 * clicks as f64 + 2.0, 0.975)? / 2.0;
    Some(Interval {
        value: clicks as f64 / expected,
        low: low / expected,
        high: high / expected,
    })
}

fn quantile(degrees: f64, p: f64) -> Option<f64> {
    Some(ChiSquared::new(degrees).ok()?.inverse_cdf(p))
}
