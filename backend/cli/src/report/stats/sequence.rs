//! A confidence sequence for the difference of two rates: an interval that stays valid however often one looks at it.

use super::Interval;
use super::proportion::Counted;

/// The number of impressions an arm at which the sequence is tightest.
pub(in crate::report) const TUNED_AT: u64 = 10_000;

/// Fewer clicks than this in either arm give no sequence: its variance would be a guess.
const MIN_CLICKS: u64 = 20;

/// Treatment minus control with a normal-mixture confidence sequence at level 1 - alpha: theorem 2.2 of I. Waudby-Smith,
/// D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas, "Time-uniform central limit theory and asymptotic confidence
/// sequences", Annals of Statistics 52 (2024), with Robbins' two-sided normal mixture. n is the harmonic mean of the arms'
/// impressions, so that equal arms count as pairs. Nothing before either arm has 20 clicks.
pub(in crate::report) fn confidence_sequence(
    control: Counted,
    treatment: Counted,
    alpha: f64,
) -> Option<Interval> {
    if control.hits.min(treatment.hits) < MIN_CLICKS {
        return None;
    }
    let value = treatment.rate() - control.rate();
    let error = (control.variance() + treatment.variance()).sqrt();
    let n = 2.0 / (1.0 / control.n as f64 + 1.0 / treatment.n as f64);
    let mixed = n * tuning(alpha) / TUNED_AT as f64;
    let half = error * ((mixed + 1.0) / mixed * ((mixed + 1.0) / (alpha * alpha)).ln()).sqrt();
    Some(Interval {
        value,
        low: value - half,
        high: value + half,
    })
}

/// n·rho² that makes the interval shortest at n: where the derivative of its width is 0, x = ln((1 + x) / alpha²). The
/// iteration contracts by 1 / (1 + x), so twenty steps reach full precision.
fn tuning(alpha: f64) -> f64 {
    (0..20).fold(8.0, |x: f64, _| ((1.0 + x) / (alpha * alpha)).ln())
}
