//! A clock and chance that a test sets, for the kits that apps test with and for the suite that all bindings pass.

use std::sync::Arc;
use std::time::Duration;

use eyeline::host::SteppedClock;
use eyeline_core::{Entropy, MonoMillis, Now, UnixMillis};

/// What a test sets instead of the system.
#[derive(Clone, uniffi::Record)]
pub struct TestRig {
    /// The time.
    pub clock: Arc<TestClock>,
    /// What ids and back-offs are drawn from: `SplitMix64`.
    pub seed: u64,
    /// The SDK's name on the wire, in place of the one of the binding.
    #[uniffi(default)]
    pub sdk: Option<String>,
}

/// A clock that stands still until it is set. What falls due then happens on the library's thread: wait for it with
/// `Client::settle`.
#[derive(Debug, uniffi::Object)]
pub struct TestClock(pub(crate) SteppedClock);

#[uniffi::export]
impl TestClock {
    /// A clock that shows this wall time (ms since 1970) and this time since the device's start (ms, sleep included).
    #[uniffi::constructor]
    #[must_use]
    pub fn new(wall_ms: i64, mono_ms: u64) -> Arc<Self> {
        Arc::new(TestClock(SteppedClock::new(at(wall_ms, mono_ms))))
    }

    /// Sets both. The wall may step back, the other must not.
    pub fn set(&self, wall_ms: i64, mono_ms: u64) {
        self.0.set(at(wall_ms, mono_ms));
    }

    /// Lets this much time pass, in ms.
    pub fn advance(&self, by_ms: u64) {
        let Now { wall, mono } = self.0.now();
        let by = Duration::from_millis(by_ms);
        self.0.set(Now {
            wall: wall.plus(by),
            mono: mono.plus(by),
        });
    }

    /// The wall time it shows, in ms since 1970.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        self.0.now().wall.as_i64()
    }
}

fn at(wall_ms: i64, mono_ms: u64) -> Now {
    Now {
        wall: UnixMillis::from_i64(wall_ms),
        mono: MonoMillis::from_u64(mono_ms),
    }
}

/// `SplitMix64`.
pub(crate) struct Seeded(pub(crate) u64);

impl Entropy for Seeded {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
