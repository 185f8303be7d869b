//! The two clocks every part of the engine is handed: wall time and time that runs through sleep.

use std::time::Duration;

/// Milliseconds since 1970-01-01 00:00 UTC, as some clock shows them. A user or a time server may step that clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// The instant `millis` after (or, negative, before) 1970.
    #[must_use]
    pub const fn from_i64(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    /// This instant moved later; saturates at the end of time.
    #[must_use]
    pub const fn plus(self, by: Duration) -> Self {
        self.plus_ms(millis(by))
    }

    /// This instant moved earlier; saturates at the beginning of time.
    #[must_use]
    pub const fn minus(self, by: Duration) -> Self {
        self.minus_ms(millis(by))
    }

    /// How long after `earlier` this is; zero when the clock was stepped back in between.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.ms_since(earlier))
    }

    pub(crate) const fn ms_since(self, earlier: Self) -> u64 {
        let millis = self.0.saturating_sub(earlier.0);
        if millis > 0 { millis.unsigned_abs() } else { 0 }
    }

    pub(crate) const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add_unsigned(ms))
    }

    pub(crate) const fn minus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_sub_unsigned(ms))
    }
}

/// Milliseconds on a clock that runs through sleep and never steps. Its zero is arbitrary (usually the machine's
/// start), so readings of two processes can't be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonoMillis(u64);

impl MonoMillis {
    /// The reading `millis` after the clock's own zero.
    #[must_use]
    pub const fn from_u64(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's own zero.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// This reading moved later; saturates.
    #[must_use]
    pub const fn plus(self, by: Duration) -> Self {
        self.plus_ms(millis(by))
    }

    pub(crate) const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.ms_since(earlier))
    }

    pub(crate) const fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// What the host's clocks show at one moment. Every call of the engine takes one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Wall time.
    pub wall: UnixMillis,
    /// The clock that runs through sleep (`CLOCK_BOOTTIME`, `mach_continuous_time`).
    pub mono: MonoMillis,
}

/// A span as whole milliseconds, in which the engine reckons: a [`Duration`] is two numbers with a carry between them, which
/// makes wasm kilobytes larger.
pub(crate) const fn millis(span: Duration) -> u64 {
    match span.as_secs().checked_mul(1_000) {
        Some(ms) => ms.saturating_add(span.subsec_millis() as u64),
        None => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_instead_of_wrapping() {
        assert_eq!(
            UnixMillis::from_i64(i64::MAX).plus(Duration::MAX),
            UnixMillis::from_i64(i64::MAX)
        );
        assert_eq!(
            UnixMillis::from_i64(i64::MIN).minus(Duration::MAX),
            UnixMillis::from_i64(i64::MIN)
        );
        assert_eq!(
            MonoMillis::from_u64(u64::MAX).plus(Duration::MAX),
            MonoMillis::from_u64(u64::MAX)
        );
    }

    #[test]
    fn a_clock_stepped_back_has_moved_by_nothing() {
        assert_eq!(
            UnixMillis::from_i64(5).since(UnixMillis::from_i64(9)),
            Duration::ZERO
        );
        assert_eq!(
            MonoMillis::from_u64(5).since(MonoMillis::from_u64(9)),
            Duration::ZERO
        );
    }
}
