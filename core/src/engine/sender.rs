//! When the next attempt may start: what is on its way, back-off, pauses, and the size a collector was seen to take.

use super::backoff::delay;
use super::step::Ticket;
use crate::codec::{Decoder, Encoder};
use crate::limits::{REFUSED_KEY_PAUSE, RETRY_AFTER_MAX};
use crate::time::millis;
use crate::{Entropy, MonoMillis, Now, UnixMillis};

#[derive(Debug, Default)]
pub(super) struct Sender {
    pub(super) on_its_way: Option<OnItsWay>,
    tickets: u64,
    /// Failed attempts in a row.
    pub(super) failures: u32,
    blocked_until: Option<MonoMillis>,
    /// The pause was for a refused key: another key ends it.
    key_refused: bool,
    /// Batches delivered by this process.
    pub(super) delivered: u64,
    limit: Option<Limit>,
}

/// The one upload the host has been asked to make.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnItsWay {
    pub(super) ticket: Ticket,
    pub(super) what: What,
    pub(super) since: MonoMillis,
    /// Whether an attempt before this one got no answer.
    pub(super) unanswered_before: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Batch(u64),
    Erasure(u64),
}

/// A raw size above which the collector answered 413. It grows back, because limits are raised too.
#[derive(Debug, Clone, Copy)]
struct Limit {
    bytes: usize,
    delivered: u32,
}

impl Sender {
    pub(super) fn start(&mut self, what: What, unanswered_before: bool, now: Now) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.on_its_way = Some(OnItsWay {
            ticket,
            what,
            since: now.mono,
            unanswered_before,
        });
        ticket
    }

    /// The batch the host is sending.
    pub(super) fn batch_on_its_way(&self) -> Option<u64> {
        match self.on_its_way?.what {
            What::Batch(number) => Some(number),
            What::Erasure(_) => None,
        }
    }

    /// When the host's silence counts as no answer.
    pub(super) fn gives_up_at(&self) -> Option<MonoMillis> {
        self.on_its_way
            .map(|upload| upload.since.plus_ms(ANSWER_PATIENCE_MS))
    }

    pub(super) fn blocked_until(&self) -> Option<MonoMillis> {
        self.blocked_until
    }

    pub(super) fn is_blocked(&self, now: MonoMillis) -> bool {
        self.blocked_until.is_some_and(|until| until > now)
    }

    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.blocked_until = None;
        self.key_refused = false;
    }

    pub(super) fn failed(&mut self, now: Now, floor_ms: Option<u64>, bits: &mut dyn Entropy) {
        self.failures = self.failures.saturating_add(1);
        self.blocked_until = Some(now.mono.plus_ms(delay(self.failures, floor_ms, bits)));
        self.key_refused = false;
    }

    pub(super) fn pause(&mut self, now: Now, pause_ms: u64) {
        self.failures = self.failures.saturating_add(1);
        self.blocked_until = Some(now.mono.plus_ms(pause_ms));
        self.key_refused = true;
    }

    /// Raw bytes at which a batch closes.
    pub(super) fn batch_bytes(&self, configured: usize) -> usize {
        self.limit
            .map_or(configured, |limit| limit.bytes.min(configured))
    }

    /// A batch of `raw` bytes was too large.
    pub(super) fn learn_limit(&mut self, raw: usize) {
        self.limit = Some(Limit {
            bytes: (raw / 2).max(LIMIT_MIN_BYTES),
            delivered: 0,
        });
    }

    pub(super) fn note_delivery(&mut self, configured: usize) {
        self.delivered += 1;
        if let Some(limit) = &mut self.limit {
            limit.delivered += 1;
            if limit.delivered >= LIMIT_GROWS_AFTER {
                *limit = Limit {
                    bytes: limit.bytes + limit.bytes / 4,
                    delivered: 0,
                };
            }
        }
        self.limit = self.limit.filter(|limit| limit.bytes < configured);
    }

    pub(super) fn encode(&self, now: Now, credentials: u64) -> Vec<u8> {
        let mut to = Encoder::new();
        to.u8(VERSION).u64(u64::from(self.failures));
        to.option(self.blocked_until, |to, until| {
            to.i64(now.wall.plus_ms(until.ms_since(now.mono)).as_i64());
        });
        to.u8(u8::from(self.key_refused)).u64(credentials);
        to.option(self.limit, |to, limit| {
            to.u64(limit.bytes as u64);
        });
        to.into_bytes()
    }

    /// Waits are stored in wall time; a clock that was set back makes none longer than the longest there is.
    #[inline(never)]
    pub(super) fn decode(bytes: &[u8], now: Now, credentials: u64) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        (from.u8()? == VERSION).then_some(())?;
        let failures = from.u32()?;
        let until = from.option(Decoder::i64)?.map(UnixMillis::from_i64);
        let key_refused = from.u8()? == 1;
        let same_credentials = from.u64()? == credentials;
        let limit = from
            .option(Decoder::u64)?
            .and_then(|bytes| usize::try_from(bytes).ok());
        let waits = same_credentials || !key_refused;
        let longest_ms = millis(if key_refused {
            REFUSED_KEY_PAUSE
        } else {
            RETRY_AFTER_MAX
        });
        Some(Self {
            failures: if waits { failures } else { 0 },
            blocked_until: until
                .filter(|_| waits)
                .map(|until| now.mono.plus_ms(until.ms_since(now.wall).min(longest_ms))),
            key_refused: key_refused && waits,
            limit: limit.map(|bytes| Limit {
                bytes,
                delivered: 0,
            }),
            ..Self::default()
        })
    }
}

/// Ours: no host waits this long for one answer; without it a host that forgets to report would stop the engine.
const ANSWER_PATIENCE_MS: u64 = 10 * 60 * 1_000;
/// Ours: below this, halving on saves nobody; single events are refused instead.
const LIMIT_MIN_BYTES: usize = 1024;
/// Ours: a quarter more after this many deliveries in the learned size.
const LIMIT_GROWS_AFTER: u32 = 10;
const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::Sender;
    use crate::{Entropy, MonoMillis, Now, UnixMillis};

    struct Ones;
    impl Entropy for Ones {
        fn next_u64(&mut self) -> u64 {
            1_000
        }
    }

    fn at(wall: i64, mono: u64) -> Now {
        Now {
            wall: UnixMillis::from_i64(wall),
            mono: MonoMillis::from_u64(mono),
        }
    }

    #[test]
    fn back_off_outlives_the_process() {
        let mut sender = Sender::default();
        sender.failed(at(5_000, 70), None, &mut Ones);
        let restored = Sender::decode(&sender.encode(at(5_000, 70), 1), at(5_400, 9), 1).unwrap();
        assert_eq!(
            restored.blocked_until(),
            Some(MonoMillis::from_u64(9 + 600))
        );
        assert_eq!(restored.failures, 1);
    }

    #[test]
    fn a_clock_set_back_does_not_stretch_a_wait_beyond_the_longest() {
        let mut sender = Sender::default();
        sender.failed(at(i64::from(u32::MAX), 0), None, &mut Ones);
        let restored =
            Sender::decode(&sender.encode(at(i64::from(u32::MAX), 0), 1), at(0, 0), 1).unwrap();
        assert_eq!(
            restored.blocked_until(),
            Some(MonoMillis::from_u64(3_600_000))
        );
    }

    #[test]
    fn another_key_ends_the_pause_for_a_refused_one() {
        let mut sender = Sender::default();
        sender.pause(at(0, 0), 86_400_000);
        let stored = sender.encode(at(0, 0), 1);
        assert!(
            Sender::decode(&stored, at(1, 1), 1)
                .unwrap()
                .is_blocked(MonoMillis::from_u64(1))
        );
        assert!(
            !Sender::decode(&stored, at(1, 1), 2)
                .unwrap()
                .is_blocked(MonoMillis::from_u64(1))
        );
    }

    #[test]
    fn a_learned_limit_grows_back() {
        let mut sender = Sender::default();
        sender.learn_limit(100_000);
        assert_eq!(sender.batch_bytes(131_072), 50_000);
        for _ in 0..10 {
            sender.note_delivery(131_072);
        }
        assert_eq!(sender.batch_bytes(131_072), 62_500);
        for _ in 0..100 {
            sender.note_delivery(131_072);
        }
        assert_eq!(sender.batch_bytes(131_072), 131_072);
    }
}
