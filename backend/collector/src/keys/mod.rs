//! Write keys: which affiliates and origins each is bound to, and how much it may send.
mod error;
mod file;
mod origin;
mod quota;
mod ring;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use governor::DefaultDirectRateLimiter;
use governor::clock::{Clock, DefaultClock};

pub use error::KeysError;
pub(crate) use ring::KeyRing;
pub use ring::KeysStatus;

use origin::OriginRule;
use quota::DayCount;

/// One state of the keys file.
#[derive(Debug)]
pub(crate) struct Keys {
    by_key: HashMap<String, Arc<WriteKey>>,
    admin_tokens: Vec<String>,
}

impl Keys {
    pub(crate) fn find(&self, key: &str) -> Option<&Arc<WriteKey>> {
        self.by_key.get(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Compares with every token, and all of each, so that the time taken tells nothing about them.
    pub(crate) fn is_admin(&self, token: &str) -> bool {
        self.admin_tokens.iter().fold(false, |found, known| {
            found | equal_in_constant_time(known, token)
        })
    }
}

/// A write key and what it is bound to. Write keys stand in public pages: they name a sender, they don't prove one.
#[derive(Debug)]
pub(crate) struct WriteKey {
    pub(crate) key: String,
    /// What logs call it.
    pub(crate) name: String,
    affiliates: HashSet<String>,
    origins: Option<Vec<OriginRule>>,
    events_per_day: Option<u64>,
    rate: Option<Rate>,
    /// Each request to forget costs the warehouse work for months, and the key is public: there is always a bound.
    forgets: Rate,
    sent_today: Arc<DayCount>,
}

#[derive(Debug, Clone)]
struct Rate {
    quota: governor::Quota,
    limiter: Arc<DefaultDirectRateLimiter>,
}

impl WriteKey {
    pub(crate) fn may_send_for(&self, affiliate: &str) -> bool {
        self.affiliates.contains(affiliate)
    }

    /// Native apps send no origin, so its absence is allowed; a browser always sends one with a POST.
    pub(crate) fn allows_origin(&self, origin: Option<&str>) -> bool {
        match (&self.origins, origin) {
            (None, _) | (_, None) => true,
            (Some(rules), Some(origin)) => rules.iter().any(|rule| rule.matches(origin)),
        }
    }

    /// Takes one request from the rate limit, or says how long to wait for the next.
    pub(crate) fn admit(&self) -> Result<(), Duration> {
        self.rate.as_ref().map_or(Ok(()), Rate::admit)
    }

    /// Takes one request to forget from its own rate limit, or says how long to wait for the next.
    pub(crate) fn admit_forget(&self) -> Result<(), Duration> {
        self.forgets.admit()
    }

    /// Takes `events` from today's quota, or says how long the UTC day still lasts.
    pub(crate) fn take_quota(
        &self,
        events: u64,
        now: eyeline_core::UnixMillis,
    ) -> Result<(), Duration> {
        self.events_per_day
            .map_or(Ok(()), |limit| self.sent_today.take(events, limit, now))
    }

    /// Returns what [`WriteKey::take_quota`] took for a batch that could not be stored.
    pub(crate) fn return_quota(&self, events: u64, now: eyeline_core::UnixMillis) {
        if self.events_per_day.is_some() {
            self.sent_today.give_back(events, now);
        }
    }
}

impl Rate {
    /// A limiter, or the one that already counts for the same quota.
    fn new(quota: governor::Quota, known: Option<&Self>) -> Self {
        match known {
            Some(known) if known.quota == quota => known.clone(),
            _ => Self {
                quota,
                limiter: Arc::new(governor::RateLimiter::direct(quota)),
            },
        }
    }

    fn admit(&self) -> Result<(), Duration> {
        self.limiter
            .check()
            .map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

fn equal_in_constant_time(known: &str, offered: &str) -> bool {
    let (known, offered) = (known.as_bytes(), offered.as_bytes());
    let differing =
        known
            .iter()
            .enumerate()
            .fold(known.len() ^ offered.len(), |differing, (index, byte)| {
                differing | usize::from(byte ^ offered.get(index).copied().unwrap_or(0))
            });
    std::hint::black_box(differing) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_opens() {
        let keys = Keys {
            by_key: HashMap::new(),
            admin_tokens: vec!["a-token-of-an-admin".into()],
        };
        assert!(keys.is_admin("a-token-of-an-admin"));
        for wrong in [
            "",
            "a-token-of-an-admi",
            "a-token-of-an-admin ",
            "b-token-of-an-admin",
            "a-token-of-an-admin\0",
        ] {
            assert!(!keys.is_admin(wrong));
        }
    }
}
