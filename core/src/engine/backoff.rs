//! How long to wait after failures: full jitter under a doubling ceiling, with the server's own delay as a floor.

use crate::Entropy;
use crate::limits::{BACKOFF_BASE, BACKOFF_MAX};
use crate::time::millis;

/// The wait in ms after `failures` in a row: drawn evenly from zero up to the ceiling, but at least `floor_ms`.
pub(super) fn delay(failures: u32, floor_ms: Option<u64>, bits: &mut dyn Entropy) -> u64 {
    let doublings = failures.saturating_sub(1).min(16);
    let ceiling = (millis(BACKOFF_BASE) << doublings).min(millis(BACKOFF_MAX));
    let drawn = bits.next_u64() % (ceiling + 1);
    drawn.max(floor_ms.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::delay;
    use crate::Entropy;
    use proptest::prelude::*;

    struct Same(u64);
    impl Entropy for Same {
        fn next_u64(&mut self) -> u64 {
            self.0
        }
    }

    /// Bits equal to the ceiling draw the ceiling itself; one more wraps around to nothing.
    fn longest(failures: u32, ceiling_ms: u64) -> u64 {
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
            assert_eq!(longest(failures, ceiling_ms), ceiling_ms, "{failures}");
            assert_eq!(longest(failures, ceiling_ms + 1), 0, "{failures}");
        }
    }

    #[test]
    fn a_server_delay_outranks_our_own() {
        let floor = 90_000;
        assert_eq!(delay(1, Some(floor), &mut Same(0)), floor);
    }

    proptest! {
        #[test]
        fn no_draw_exceeds_the_ceiling(failures: u32, bits: u64) {
            prop_assert!(delay(failures, None, &mut Same(bits)) <= 300_000);
        }
    }
}
