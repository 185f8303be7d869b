//! Identifiers of 96 random bits, and the trait through which a host lends its entropy.

use std::fmt;

/// Random bits, lent by the host. A test lends a seeded generator.
pub trait Entropy {
    /// The next 64 bits. For identifiers they must be unpredictable; for jitter even is enough.
    fn next_u64(&mut self) -> u64;
}

/// 96 random bits, written as 16 characters of base64url (RFC 4648 §5). Names an instance, a visitor or a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Copied in words: byte by byte it would make the web's JavaScript build 3 % larger.
#[repr(align(4))]
pub struct Id([u8; Id::CHARS]);

impl Id {
    /// Characters of an id: 96 bits at 6 bits a character, with no padding.
    pub const CHARS: usize = 16;

    /// Draws a new id.
    pub fn random(bits: &mut dyn Entropy) -> Self {
        let (high, low) = (bits.next_u64(), bits.next_u64());
        let mut chars = [0; Self::CHARS];
        for (at, char) in chars.iter_mut().enumerate() {
            let word = if at < Self::CHARS / 2 { high } else { low };
            let six = (word >> (6 * (at % (Self::CHARS / 2)))) & 0x3f;
            *char = ALPHABET[usize::try_from(six).unwrap_or(0)];
        }
        Self(chars)
    }

    /// Reads an id back.
    ///
    /// # Errors
    /// [`BadId`] unless `text` is 16 characters of base64url.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        Self::of_bytes(text.as_bytes())
    }

    pub(crate) fn of_bytes(bytes: &[u8]) -> Result<Self, BadId> {
        let chars: [u8; Self::CHARS] = bytes.try_into().map_err(|_| BadId)?;
        if chars
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
        {
            Ok(Self(chars))
        } else {
            Err(BadId)
        }
    }

    /// The 16 characters, each an ASCII one.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The 16 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an id is made of base64url characters only")
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Id {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::parse(text)
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id of 16 base64url characters")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
                Id::parse(text)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Other("text"), &self))
            }
        }
        from.deserialize_str(Text)
    }
}

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 16 base64url characters")]
pub struct BadId;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u64);
    impl Entropy for Fixed {
        fn next_u64(&mut self) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            self.0
        }
    }

    #[test]
    fn a_drawn_id_reads_back() {
        let mut bits = Fixed(7);
        for _ in 0..100 {
            let id = Id::random(&mut bits);
            assert_eq!(Id::parse(id.as_str()), Ok(id));
        }
    }

    #[test]
    fn all_zeros_and_all_ones_are_ids_too() {
        struct Same(u64);
        impl Entropy for Same {
            fn next_u64(&mut self) -> u64 {
                self.0
            }
        }
        assert_eq!(Id::random(&mut Same(0)).as_str(), "AAAAAAAAAAAAAAAA");
        assert_eq!(Id::random(&mut Same(u64::MAX)).as_str(), "________________");
    }

    #[test]
    fn other_lengths_and_characters_are_refused() {
        for text in [
            "",
            "short",
            "9kPz3vK2QmWc8Rt=",
            "9kPz3vK2QmWc8RtYx",
            "9kPz3vK2QmWc8Ré",
        ] {
            assert_eq!(Id::parse(text), Err(BadId), "{text}");
        }
    }
}
