//! Random numbers from a seed: the same seed, the same run.

use eyeline_core::Entropy;

/// `SplitMix64` (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The dice for one numbered decision of a run, whatever was drawn before it.
    pub(crate) fn at(seed: u64, stream: u64, number: u64) -> Self {
        Self((seed ^ stream.rotate_left(32)).wrapping_add(number.wrapping_mul(STEP)))
    }

    /// Evenly from 0 up to 1.
    pub fn share(&mut self) -> f64 {
        let bits = u32::try_from(self.next_u64() >> 32).unwrap_or(u32::MAX);
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// Evenly from 0 up to `end`, which must not be 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end
    }
}

impl Entropy for Dice {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
