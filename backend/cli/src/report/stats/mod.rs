//! The statistics that portable SQL can't compute, each with the source of its formula.

mod chi_square;
mod lift;
mod mean;
mod normal;
mod poisson;
mod proportion;
mod ratio;
mod robust;
mod sequence;
mod thompson;

pub(super) use chi_square::{goodness_of_fit, homogeneity};
pub(super) use lift::{Together, lift};
pub(super) use mean::mean;
pub(super) use poisson::clicks_over_expected;
pub(super) use proportion::{Counted, compare, wilson};
pub(super) use ratio::{ClusterSums, clustered_error, rate_ratio};
pub(super) use robust::robust_z;
pub(super) use sequence::{TUNED_AT, confidence_sequence};
pub(super) use thompson::{DRAWS, FLOOR, Promotion, SEED, promotions};

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Interval {
    /// Whether the interval leaves this value possible.
    pub(super) fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

#[cfg(test)]
mod golden_test;
