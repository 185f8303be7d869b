//! The standard normal distribution, as far as the reports need it.

/// The 97.5 % quantile of the standard normal distribution: half the width of a 95 % interval, in standard errors.
pub(super) const Z_95: f64 = 1.959_963_984_540_054;

/// Probability of a standard normal value at least this far from 0, on either side.
pub(super) fn two_sided_p(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}
