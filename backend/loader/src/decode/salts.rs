//! Visitor keys: pseudonyms that hold for one affiliate and one quarter, derived from one secret.

use std::fmt;

use eyeline_core::{Id, UnixMillis};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::calendar::civil;

/// The secret from which each quarter's salt is derived: `HMAC-SHA256(secret, "2026Q4")`. Every engine that shares the secret
/// derives the same keys; who loses it can't erase a visitor any more.
#[derive(Clone)]
pub struct Salts {
    root: Hmac<Sha256>,
}

impl Salts {
    /// Takes the secret.
    ///
    /// # Errors
    /// [`WeakSecret`] for fewer than 16 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, WeakSecret> {
        if secret.len() < WeakSecret::BYTES_MIN {
            return Err(WeakSecret {
                bytes: secret.len(),
            });
        }
        Ok(Self {
            root: keyed(secret),
        })
    }

    /// The keys of one quarter.
    #[must_use]
    pub fn of(&self, quarter: Quarter) -> VisitorKeys {
        let mut mac = self.root.clone();
        mac.update(quarter.to_string().as_bytes());
        VisitorKeys {
            quarter,
            salt: keyed(&mac.finalize().into_bytes()),
        }
    }

    /// Every key this visitor of this affiliate had from the quarter of `since` to that of `until`: what an erasure looks for.
    #[must_use]
    pub fn keys_between(
        &self,
        since: UnixMillis,
        until: UnixMillis,
        affiliate: &str,
        anon: Id,
    ) -> Vec<i64> {
        let quarters = Quarter::of(since).0..=Quarter::of(until).0;
        quarters
            .map(|quarter| self.of(Quarter(quarter)).key(affiliate, anon))
            .collect()
    }
}

impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(secret)")
    }
}

/// The visitor keys of one quarter.
#[derive(Clone)]
pub struct VisitorKeys {
    quarter: Quarter,
    salt: Hmac<Sha256>,
}

impl VisitorKeys {
    /// The first 8 bytes, big endian, of `HMAC-SHA256(salt, affiliate | id)`. The id is the visitor's `anon`, or the
    /// instance where there is none. An id holds no `|` and has a fixed length, so no two inputs read the same.
    #[must_use]
    pub fn key(&self, affiliate: &str, id: Id) -> i64 {
        let mut mac = self.salt.clone();
        mac.update(affiliate.as_bytes());
        mac.update(b"|");
        mac.update(id.as_str().as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The quarter these keys hold for.
    #[must_use]
    pub const fn quarter(&self) -> Quarter {
        self.quarter
    }
}

impl fmt::Debug for VisitorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VisitorKeys({})", self.quarter)
    }
}

/// A quarter of a year, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(i64);

impl Quarter {
    /// The quarter an instant lies in.
    #[must_use]
    pub fn of(at: UnixMillis) -> Self {
        let (year, month, _) = civil(at.as_i64().div_euclid(86_400_000));
        Self(year * 4 + (month - 1) / 3)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.0.div_euclid(4), self.0.rem_euclid(4) + 1)
    }
}

/// The secret is too short to hide who is behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the visitor secret has {bytes} bytes; give it at least 16, such as the output of `openssl rand -hex 32`"
)]
pub struct WeakSecret {
    bytes: usize,
}

impl WeakSecret {
    const BYTES_MIN: usize = 16;
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salts() -> Salts {
        Salts::new(b"0123456789abcdef0123456789abcdef").unwrap()
    }

    #[test]
    fn a_key_is_what_any_other_hmac_makes_of_it() {
        // python3: import hmac,hashlib; h=lambda k,m: hmac.digest(k,m,'sha256')
        // int.from_bytes(h(h(b'0123456789abcdef0123456789abcdef',b'2026Q4'),b'zozo-men|c29tZWJvZHktaGVy')[:8],'big',signed=True)
        let keys = salts().of(Quarter::of(UnixMillis::from_i64(1_795_000_000_000)));
        assert_eq!(keys.quarter().to_string(), "2026Q4");
        assert_eq!(
            keys.key("zozo-men", Id::parse("c29tZWJvZHktaGVy").unwrap()),
            GOLDEN_KEY
        );
    }

    #[test]
    fn keys_differ_by_affiliate_and_quarter() {
        let anon = Id::parse("c29tZWJvZHktaGVy").unwrap();
        let year = (
            UnixMillis::from_i64(1_767_225_600_000),
            UnixMillis::from_i64(1_798_761_599_999),
        );
        let mut keys = salts().keys_between(year.0, year.1, "a", anon);
        assert_eq!(keys.len(), 4);
        keys.extend(salts().keys_between(year.0, year.1, "b", anon));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 8);
    }

    #[test]
    fn quarters_turn_at_midnight_utc() {
        let named = |ms| Quarter::of(UnixMillis::from_i64(ms)).to_string();
        assert_eq!(named(1_790_812_799_999), "2026Q3");
        assert_eq!(named(1_790_812_800_000), "2026Q4");
        assert_eq!(named(-1), "1969Q4");
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_ever_printed() {
        assert!(Salts::new(b"short").is_err());
        assert_eq!(format!("{:?}", salts()), "Salts(secret)");
    }

    const GOLDEN_KEY: i64 = -8_742_777_944_473_754_764;
}
