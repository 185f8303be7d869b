//! Proportions: the Wilson interval of one, and the comparison of two.

use super::Interval;
use super::normal::{Z_95, two_sided_p};

/// Hits among trials, such as clicks among impressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::report) struct Counted {
    pub(in crate::report) hits: u64,
    pub(in crate::report) n: u64,
}

impl Counted {
    pub(in crate::report) fn new(hits: u64, n: u64) -> Self {
        Self { hits, n }
    }

    /// The share of hits; 0 where there were no trials.
    pub(in crate::report) fn rate(self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.hits as f64 / self.n as f64
        }
    }

    /// The estimated variance of the rate.
    pub(super) fn variance(self) -> f64 {
        if self.n == 0 {
            0.0
        } else {
            self.rate() * (1.0 - self.rate()) / self.n as f64
        }
    }
}

impl std::ops::AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.n += other.n;
    }
}

/// The 95 % score interval of a proportion: E. B. Wilson, "Probable inference, the law of succession, and statistical
/// inference", JASA 22 (1927). Nothing where there were no trials.
pub(in crate::report) fn wilson(counted: Counted) -> Option<Interval> {
    if counted.n == 0 {
        return None;
    }
    let n = counted.n as f64;
    let rate = counted.rate();
    let z2 = Z_95 * Z_95;
    let scale = 1.0 + z2 / n;
    let centre = (rate + z2 / (2.0 * n)) / scale;
    let half = Z_95 * (rate * (1.0 - rate) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    Some(Interval {
        value: rate,
        low: (centre - half).max(0.0),
        high: (centre + half).min(1.0),
    })
}

/// What a fixed-sample comparison of two proportions says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Comparison {
    /// Treatment minus control, with the 95 % hybrid score interval.
    pub(in crate::report) difference: Interval,
    /// The pooled two-proportion z statistic.
    pub(in crate::report) z: f64,
    /// Its two-sided p value.
    pub(in crate::report) p: f64,
}

/// Compares two proportions: the pooled z test (J. L. Fleiss, "Statistical methods for rates and proportions", ch. 2), and
/// the interval of the difference by R. G. Newcombe, Statistics in Medicine 17 (1998), method 10.
pub(in crate::report) fn compare(control: Counted, treatment: Counted) -> Option<Comparison> {
    let (a, b) = (wilson(control)?, wilson(treatment)?);
    let pooled = Counted::new(control.hits + treatment.hits, control.n + treatment.n).rate();
    let error =
        (pooled * (1.0 - pooled) * (1.0 / control.n as f64 + 1.0 / treatment.n as f64)).sqrt();
    if error == 0.0 {
        return None;
    }
    let value = b.value - a.value;
    let z = value / error;
    let low = value - (b.value - b.low).hypot(a.high - a.value);
    let high = value + (b.high - b.value).hypot(a.value - a.low);
    Some(Comparison {
        difference: Interval { value, low, high },
        z,
        p: two_sided_p(z),
    })
}
