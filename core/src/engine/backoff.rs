//! How long to wait after failures: full jitter under a doubling ceiling, with the server's own delay as a floor.

use std::time::Duration;

use crate::Entropy;
use crate::limits::{BACKOFF_BASE, BACKOFF_MAX};

/// The wait after `failures` in a row: drawn evenly from zero up to the ceiling, but at least `floor`.
pub(super) fn delay(failures: u32, floor: Option<Duration>, bits: &mut dyn Entropy) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let ceiling = BACKOFF_BASE.saturating_mul(1 << doublings).min(BACKOFF_MAX);
    let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX - 1);
    let drawn = Duration::from_millis(bits.next_u64() % (millis + 1));
    drawn.max(floor.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::delay;
    use crate::Entropy;
    use proptest::prelude::*;
    use std::time::Duration;

    struct Same(u64);
    impl Entropy for Same {
        fn next_u64(&mut self) -> u64 {
            self.0
        }
    }

    /// Bits equal to the ceiling draw the ceiling itself; one more wraps around to nothing.
    fn longest(failures: u32, ceiling_ms: u64) -> Duration {
        delay(failures, None, &mut Same(ceiling_ms))
    }

    #[test]
    fn the_ceiling_doubles_from_one_second_to_five_minutes() {
        for (failures, ceiling_ms) in [
            (1, 1_000),
            (2, 2_000),
            (3, 4_000),
            (9, 256_000),
            (10, 300_000),
            (u32::MAX, 300_000),
        ] {
            assert_eq!(
                longest(failures, ceiling_ms),
                Duration::from_millis(ceiling_ms),
                "{failures}"
            );
            assert_eq!(
                longest(failures, ceiling_ms + 1),
                Duration::ZERO,
                "{failures}"
            );
        }
    }

    #[test]
    fn a_server_delay_outranks_our_own() {
        let floor = Duration::from_secs(90);
        assert_eq!(delay(1, Some(floor), &mut Same(0)), floor);
    }

    proptest! {
        #[test]
        fn no_draw_exceeds_the_ceiling(failures: u32, bits: u64) {
            prop_assert!(delay(failures, None, &mut Same(bits)) <= Duration::from_secs(300));
        }
    }
}
