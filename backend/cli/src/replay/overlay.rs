//! What the real data lacks and the replay draws: how long an item could be seen, and when a click came. Always labelled synthetic.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What happens to one impression after it was rendered. Drawn from the row's number alone, so every replay draws the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sighting {
    /// From the render until the item scrolls into view.
    pub(super) appears_after: Duration,
    /// The part of the item that can be seen then, 0 to 1.
    pub(super) fraction: f64,
    /// How long it stays in view.
    pub(super) stays: Duration,
    /// From the appearance until the click, where the log has one.
    pub(super) clicked_after: Option<Duration>,
}

impl Sighting {
    /// Draws what happened to row number `row`, which was clicked or not.
    pub(super) fn draw(row: usize, clicked: bool) -> Self {
        let mut bits = ChaCha8Rng::seed_from_u64(SEED ^ row as u64);
        let appears_after = Duration::from_millis(whole(20.0 + 380.0 * even(&mut bits)));
        let shown_fully = even(&mut bits) < SHOWN_FULLY;
        let fraction = if shown_fully || clicked {
            0.6 + 0.4 * even(&mut bits)
        } else {
            0.1 + 0.35 * even(&mut bits)
        };
        // An exponential stay: most glances are short, a few long.
        let stays = (-MEAN_STAY_MS * (1.0 - even(&mut bits)).ln()).clamp(100.0, 30_000.0);
        let clicked_after = clicked.then(|| 1_200.0 + 4_000.0 * even(&mut bits));
        // Nobody clicks what went out of view.
        let stays = clicked_after.map_or(stays, |after| stays.max(after + 300.0));
        Self {
            appears_after,
            fraction,
            stays: Duration::from_millis(whole(stays)),
            clicked_after: clicked_after.map(|after| Duration::from_millis(whole(after))),
        }
    }
}

/// Any fixed number will do; it only has to stay the same.
const SEED: u64 = 0x0045_7965_6c69_6e65;
/// The part of all impressions that come into view by more than half: about what the field reports for display.
const SHOWN_FULLY: f64 = 0.7;
/// The mean time in view, in milliseconds.
const MEAN_STAY_MS: f64 = 3_000.0;

/// A number drawn evenly from [0, 1).
fn even(bits: &mut ChaCha8Rng) -> f64 {
    f64::from(bits.next_u32()) / (f64::from(u32::MAX) + 1.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds between 0 and 30,000"
)]
fn whole(milliseconds: f64) -> u64 {
    milliseconds as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replay_draws_the_same() {
        assert_eq!(Sighting::draw(17, false), Sighting::draw(17, false));
        assert_ne!(Sighting::draw(17, false), Sighting::draw(18, false));
    }

    #[test]
    fn what_was_clicked_was_in_view() {
        for row in 0..2_000 {
            let seen = Sighting::draw(row, true);
            assert!(
                seen.fraction >= 0.5 && seen.clicked_after.unwrap() < seen.stays,
                "{seen:?}"
            );
        }
    }
}
