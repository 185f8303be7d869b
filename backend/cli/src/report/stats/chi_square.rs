//! Pearson's chi-square test, for sample ratios and for effects over several groups.

use statrs::function::gamma::gamma_ur;

use super::proportion::Counted;

/// A test's result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct ChiSquare {
    pub(in crate::report) statistic: f64,
    pub(in crate::report) degrees: u32,
    pub(in crate::report) p: f64,
}

/// Whether counts follow the intended shares: K. Pearson, Philosophical Magazine 50 (1900). Nothing with fewer than two
/// groups or a share of 0.
pub(in crate::report) fn goodness_of_fit(counts: &[u64], shares: &[f64]) -> Option<ChiSquare> {
    let total: u64 = counts.iter().sum();
    let whole: f64 = shares.iter().sum();
    let statistic = counts
        .iter()
        .zip(shares)
        .map(|(&count, share)| {
            let expected = total as f64 * share / whole;
            (count as f64 - expected).powi(2) / expected
        })
        .sum();
    judged(statistic, counts.len())
}

/// Whether all groups share one rate: Pearson's test of a 2 × k table, without continuity correction.
pub(in crate::report) fn homogeneity(groups: &[Counted]) -> Option<ChiSquare> {
    let mut all = Counted::default();
    groups.iter().for_each(|&group| all += group);
    let spread = all.rate() * (1.0 - all.rate());
    let statistic = groups
        .iter()
        .map(|group| group.n as f64 * (group.rate() - all.rate()).powi(2) / spread)
        .sum();
    judged(statistic, groups.len())
}

fn judged(statistic: f64, groups: usize) -> Option<ChiSquare> {
    let degrees = u32::try_from(groups)
        .ok()?
        .checked_sub(1)
        .filter(|&degrees| degrees > 0)?;
    if !statistic.is_finite() {
        return None;
    }
    // The chi-square tail is a regularised upper incomplete gamma function.
    let p = if statistic > 0.0 {
        gamma_ur(f64::from(degrees) / 2.0, statistic / 2.0)
    } else {
        1.0
    };
    Some(ChiSquare {
        statistic,
        degrees,
        p,
    })
}
