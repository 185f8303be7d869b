//! Sessions: when one ends, and whether it is in the sample.

use crate::app::SamplingRate;
use crate::codec::{Decoder, Encoder};
use crate::{Entropy, Id, Now, UnixMillis};

/// One visit: from its first event until 30 minutes pass without one, 24 hours at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) id: Id,
    /// Counted from 1 for this visitor.
    pub(super) number: u32,
    started: Moment,
    last: Moment,
}

/// A moment on both clocks: the one that runs through sleep within a process, wall time across processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    wall: UnixMillis,
    /// `None` for a moment of an earlier process.
    mono: Option<crate::MonoMillis>,
}

impl Moment {
    fn at(now: Now) -> Self {
        Self {
            wall: now.wall,
            mono: Some(now.mono),
        }
    }

    /// How many ms ago it is; `None` when the wall clock was set back past it.
    fn ms_ago(self, now: Now) -> Option<u64> {
        match self.mono {
            Some(mono) => Some(now.mono.ms_since(mono)),
            None if now.wall < self.wall => None,
            None => Some(now.wall.ms_since(self.wall)),
        }
    }
}

/// What ends a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionRule {
    pub(super) idle_ms: u64,
    pub(super) max_ms: u64,
}

impl Session {
    pub(super) fn first(now: Now, bits: &mut dyn Entropy) -> Self {
        Self {
            id: Id::random(bits),
            number: 1,
            started: Moment::at(now),
            last: Moment::at(now),
        }
    }

    /// Notes an event; `true` when it began a new session.
    pub(super) fn touch(&mut self, now: Now, rule: SessionRule, bits: &mut dyn Entropy) -> bool {
        let fresh = self.last.ms_ago(now).is_none_or(|idle| idle > rule.idle_ms)
            || self.started.ms_ago(now).is_none_or(|age| age > rule.max_ms);
        if fresh {
            *self = Self {
                number: self.number.saturating_add(1),
                ..Self::first(now, bits)
            };
        }
        self.last = Moment::at(now);
        fresh
    }

    /// Whether this session is recorded: the id's own bits decide, so that every part agrees without asking.
    pub(super) fn is_sampled(&self, rate: SamplingRate) -> bool {
        if rate.as_f64() >= 1.0 {
            return true;
        }
        let hash = self.id.as_bytes().iter().fold(FNV_OFFSET, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)
        });
        // 53 bits fill a float exactly; the upper ones are the well mixed ones.
        let bits = (hash ^ (hash >> 32)).wrapping_mul(MIX) >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let share = bits as f64 / (1u64 << 53) as f64;
        share < rate.as_f64()
    }

    pub(super) fn encode(&self, to: &mut Encoder) {
        to.bytes(self.id.as_bytes()).u64(u64::from(self.number));
        to.i64(self.started.wall.as_i64())
            .i64(self.last.wall.as_i64());
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let earlier = |wall| Moment {
            wall: UnixMillis::from_i64(wall),
            mono: None,
        };
        Some(Self {
            id: Id::of_bytes(from.bytes()?).ok()?,
            number: from.u32()?,
            started: earlier(from.i64()?),
            last: earlier(from.i64()?),
        })
    }
}

/// FNV-1a, 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
/// Spreads the hash's low bits over all of it (`SplitMix64`'s multiplier).
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::{Session, SessionRule};
    use crate::app::SamplingRate;
    use crate::codec::{Decoder, Encoder};
    use crate::{Entropy, MonoMillis, Now, UnixMillis};

    struct Lcg(u64);
    impl Entropy for Lcg {
        fn next_u64(&mut self) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.0.rotate_left(17)
        }
    }

    const RULE: SessionRule = SessionRule {
        idle_ms: 1_800_000,
        max_ms: 86_400_000,
    };

    fn at(minute: u64) -> Now {
        let millis = minute * 60_000;
        Now {
            wall: UnixMillis::from_i64(i64::try_from(millis).unwrap()),
            mono: MonoMillis::from_u64(millis),
        }
    }

    #[test]
    fn a_session_ends_after_half_an_hour_of_silence() {
        let mut session = Session::first(at(0), &mut Lcg(1));
        assert!(!session.touch(at(30), RULE, &mut Lcg(2)));
        assert!(session.touch(at(61), RULE, &mut Lcg(2)));
        assert_eq!(session.number, 2);
    }

    #[test]
    fn a_session_ends_after_a_day_however_busy() {
        let mut session = Session::first(at(0), &mut Lcg(1));
        let ended = (1..=145)
            .map(|step| step * 10)
            .find(|minute| session.touch(at(*minute), RULE, &mut Lcg(2)));
        assert_eq!(ended, Some(1_450));
    }

    #[test]
    fn a_clock_set_back_does_not_end_a_session_of_this_process() {
        let mut session = Session::first(at(500), &mut Lcg(1));
        let stepped = Now {
            wall: at(1).wall,
            mono: at(501).mono,
        };
        assert!(!session.touch(stepped, RULE, &mut Lcg(2)));
    }

    #[test]
    fn a_session_goes_on_after_a_restart() {
        let mut session = Session::first(at(0), &mut Lcg(1));
        session.touch(at(5), RULE, &mut Lcg(2));
        let mut encoder = Encoder::new();
        session.encode(&mut encoder);
        let mut restored = Session::decode(&mut Decoder::new(&encoder.into_bytes())).unwrap();
        assert!(!restored.touch(at(20), RULE, &mut Lcg(3)));
        assert_eq!(restored.id, session.id);
    }

    #[test]
    fn the_sample_has_the_size_asked_for() {
        let mut bits = Lcg(7);
        let rate = SamplingRate::new(0.25).unwrap();
        let sampled = (0..10_000)
            .filter(|_| Session::first(at(0), &mut bits).is_sampled(rate))
            .count();
        assert!((2_350..=2_650).contains(&sampled), "{sampled}");
    }

    #[test]
    fn a_session_is_in_the_sample_or_not_every_time() {
        let session = Session::first(at(0), &mut Lcg(3));
        let rate = SamplingRate::new(0.5).unwrap();
        assert_eq!(session.is_sampled(rate), session.is_sampled(rate));
        assert!(session.is_sampled(SamplingRate::ALL));
    }
}
