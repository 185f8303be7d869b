//! Thompson sampling over contents: how much traffic each should get now, given what is known and what is not.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Beta, Distribution};

use super::proportion::Counted;

/// The seed of the draws, published so that anybody gets the same ranking.
pub(in crate::report) const SEED: u64 = 20_191_124;

/// Draws from the posteriors: the Monte Carlo error of a share is at most half a percentage point.
pub(in crate::report) const DRAWS: u32 = 10_000;

/// Part of the traffic that is spread evenly over all contents, whatever the posteriors say, so that positions and new
/// contents can still be measured.
pub(in crate::report) const FLOOR: f64 = 0.1;

/// What Thompson sampling says of one content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Promotion {
    /// The chance that it has the best click rate.
    pub(in crate::report) best: f64,
    /// The share of traffic it should get: that chance, mixed with the exploration floor.
    pub(in crate::report) share: f64,
}

/// How much traffic each content should get: in proportion to its chance of being the best (W. R. Thompson, Biometrika 25,
/// 1933; O. Chapelle and L. Li, NIPS 2011), above the exploration floor. Posteriors are Beta, from a prior that weighs
/// one click at the rate of all contents together. Nothing where nobody clicked anything.
pub(in crate::report) fn promotions(contents: &[Counted]) -> Option<Vec<Promotion>> {
    let mut all = Counted::default();
    contents.iter().for_each(|&content| all += content);
    if all.hits == 0 || all.hits == all.n {
        return None;
    }
    let prior_misses = (1.0 - all.rate()) / all.rate();
    let posteriors: Vec<Beta<f64>> = contents
        .iter()
        .map(|content| {
            Beta::new(
                1.0 + content.hits as f64,
                prior_misses + (content.n - content.hits.min(content.n)) as f64,
            )
            .ok()
        })
        .collect::<Option<_>>()?;
    let mut bits = ChaCha8Rng::seed_from_u64(SEED);
    let mut wins = vec![0_u32; contents.len()];
    for _ in 0..DRAWS {
        let drawn = posteriors
            .iter()
            .map(|posterior| posterior.sample(&mut bits))
            .enumerate();
        if let Some((best, _)) = drawn.max_by(|a, b| a.1.total_cmp(&b.1)) {
            wins[best] += 1;
        }
    }
    let even = FLOOR / contents.len() as f64;
    let promotions = wins.iter().map(|&won| {
        let best = f64::from(won) / f64::from(DRAWS);
        Promotion {
            best,
            share: even + (1.0 - FLOOR) * best,
        }
    });
    Some(promotions.collect())
}
