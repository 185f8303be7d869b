//! The rules by which an impression is counted as viewable, and their names on the wire.

use std::sync::Arc;

use thiserror::Error;

use super::state::Showing;

/// When an impression counts as viewable.
///
/// [`Display`](Rule::Display) and [`Video`](Rule::Video) are those of the Media Rating Council:
/// *MRC Viewable Ad Impression Measurement Guidelines*, version 2.0 (18 August 2015), and
/// *MRC Mobile Viewable Ad Impression Measurement Guidelines* (28 June 2016). Both ask first for
/// the pixels, in focus, and then for the time, without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// At least 50 % of the pixels for one continuous second; for a view of
    /// [`LARGE_AREA`] or more, at least 30 %. Named `mrc50_1s` or `mrc30_1s_large`.
    Display,
    /// At least 50 % of the pixels for two continuous seconds of **playing**, whatever the size.
    /// Named `mrc50_2s_video`.
    Video,
    /// The host's own rule; make one with [`Rule::custom`].
    Custom(CustomRule),
}

/// A rule of the host's own; [`Rule::custom`] makes only valid ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomRule {
    name: Arc<str>,
    share: Share,
    for_ms: u64,
    playing: bool,
}

/// Why [`Rule::custom`] refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidRule {
    /// The name is empty, too long, or has other characters.
    #[error("a rule's name must be 1 to 32 characters of a-z, 0-9 and '_'")]
    Name,
    /// The name claims a rule of the Media Rating Council.
    #[error("a rule's name must not start with 'mrc': those names belong to the built-in rules")]
    Reserved,
    /// The fraction is not above zero and at most one.
    #[error("a rule's visible fraction must be above 0 and at most 1")]
    Fraction,
    /// The time is zero or longer than an hour.
    #[error("a rule's time must be from 1 ms to 1 hour")]
    Time,
}

impl Rule {
    /// A rule of the host's own: at least `fraction` (above 0, at most 1) of the view for `for_ms`
    /// continuous milliseconds, and if `playing`, only while its media plays.
    ///
    /// # Errors
    /// [`InvalidRule`] says which argument is out of range.
    pub fn custom(
        name: &str,
        fraction: f64,
        for_ms: u64,
        playing: bool,
    ) -> Result<Self, InvalidRule> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if name.is_empty() || name.len() > NAME_MAX_BYTES || !name.bytes().all(plain) {
            return Err(InvalidRule::Name);
        }
        if name.starts_with("mrc") {
            return Err(InvalidRule::Reserved);
        }
        let share = Share::from_fraction(fraction);
        if !(fraction > 0.0 && fraction <= 1.0) || share == Share::NONE {
            return Err(InvalidRule::Fraction);
        }
        if for_ms == 0 || for_ms > TIME_MAX_MS {
            return Err(InvalidRule::Time);
        }
        Ok(Self::Custom(CustomRule {
            name: name.into(),
            share,
            for_ms,
            playing,
        }))
    }

    /// The name the `viewable` event carries when the rule is met by a view of this size.
    pub(super) fn name(&self, large: bool) -> Arc<str> {
        match self {
            Self::Display if large => "mrc30_1s_large".into(),
            Self::Display => "mrc50_1s".into(),
            Self::Video => "mrc50_2s_video".into(),
            Self::Custom(rule) => Arc::clone(&rule.name),
        }
    }

    /// How long the rule must hold without a break, in milliseconds.
    pub(super) fn for_ms(&self) -> u64 {
        match self {
            Self::Display => 1_000,
            Self::Video => 2_000,
            Self::Custom(rule) => rule.for_ms,
        }
    }

    /// Whether only time in which the media plays counts towards the rule.
    pub(super) fn needs_playing(&self) -> bool {
        match self {
            Self::Display => false,
            Self::Video => true,
            Self::Custom(rule) => rule.playing,
        }
    }

    /// Whether enough of the view shows for this rule.
    pub(super) fn enough(&self, showing: Showing) -> bool {
        let needed = match self {
            Self::Display if showing.large => Share::LARGE,
            Self::Display | Self::Video => Share::HALF,
            Self::Custom(rule) => rule.share,
        };
        showing.share >= needed
    }
}

/// A visible fraction in ten-thousandths, so that every platform compares the same whole numbers.
///
/// Observers report floats: a view exactly half visible arrives as 0.499 999 9 on some of them.
/// Rounding to 1/10,000 takes that error away and is finer than a pixel row of any real view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(u16);

impl Share {
    pub(super) const NONE: Self = Self(0);
    const LARGE: Self = Self(3_000);
    const HALF: Self = Self(5_000);

    /// Rounds to the nearest; below zero and NaN are nothing, above one is all.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=10,000 first; NaN casts to 0, which is what is meant"
    )]
    pub(super) fn from_fraction(fraction: f64) -> Self {
        Self((fraction.clamp(0.0, 1.0) * 10_000.0).round() as u16)
    }

    /// Whole percent, rounded down: 99.99 % is not 100 %.
    pub(super) fn percent(self) -> u8 {
        u8::try_from(self.0 / 100).unwrap_or(100)
    }
}

/// From this area on (the host's own square units: CSS px, dp or pt) a view is large and 30 %
/// suffices. The MRC's number: 242,500 pixels, a 970 × 250 billboard.
pub const LARGE_AREA: f64 = 242_500.0;

/// Ours: a name is a column value that analysts type.
const NAME_MAX_BYTES: usize = 32;
/// Ours: longer than any session's idle limit can't be met.
const TIME_MAX_MS: u64 = 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_error_does_not_cost_a_half_visible_view_its_half() {
        assert_eq!(Share::from_fraction(0.499_999_9), Share::HALF);
        assert!(Share::from_fraction(0.499_9) < Share::HALF);
    }

    #[test]
    fn nonsense_fractions_are_nothing_or_all() {
        assert_eq!(Share::from_fraction(f64::NAN), Share::NONE);
        assert_eq!(Share::from_fraction(-3.0), Share::NONE);
        assert_eq!(Share::from_fraction(f64::INFINITY).percent(), 100);
    }

    #[test]
    fn a_custom_rule_says_what_is_wrong_with_it() {
        let refused = |name, fraction, ms| Rule::custom(name, fraction, ms, false).unwrap_err();
        assert_eq!(refused("", 0.5, 1), InvalidRule::Name);
        assert_eq!(refused("Full screen", 0.5, 1), InvalidRule::Name);
        assert_eq!(refused("mrc100_9s", 0.5, 1), InvalidRule::Reserved);
        assert_eq!(refused("own", 0.0, 1), InvalidRule::Fraction);
        assert_eq!(refused("own", f64::NAN, 1), InvalidRule::Fraction);
        assert_eq!(refused("own", 0.000_01, 1), InvalidRule::Fraction);
        assert_eq!(refused("own", 1.01, 1), InvalidRule::Fraction);
        assert_eq!(refused("own", 0.5, 0), InvalidRule::Time);
        assert_eq!(refused("own", 0.5, 3_600_001), InvalidRule::Time);
        assert!(Rule::custom("full_3s", 1.0, 3_000, true).is_ok());
    }
}
