//! Reads plain JSON fast: what a machine wrote, with no escape, no exponent and no key this version does not know.
//!
//! Nearly every event is plain. What is not, or is wrong, ends in [`NotPlain`] and is read again by serde_json, which
//! then also finds the words for the fault; so this reader needs none. Its law: what it reads, serde_json reads equally.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::value::Wire;

/// The whole of `text` as one plain value. `text` holds no byte below 0x20.
pub(super) fn read<'de, T: Wire<'de>>(text: &'de str) -> Result<T, NotPlain> {
    let mut plain = Plain { text, at: 0 };
    let value = T::read(&mut plain)?;
    match plain.peek() {
        None => Ok(value),
        Some(_) => Err(NotPlain),
    }
}

/// Read it another way.
#[derive(Debug)]
pub(super) struct NotPlain;

struct Plain<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Plain<'de> {
    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> Result<(), NotPlain> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            Ok(())
        } else {
            Err(NotPlain)
        }
    }

    fn string(&mut self) -> Result<&'de str, NotPlain> {
        self.take(b'"')?;
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\'))
            .ok_or(NotPlain)?;
        if rest[length] == b'\\' {
            return Err(NotPlain);
        }
        // A quote is never inside a character of several bytes, so both ends are between characters.
        let string = &self.text[self.at..self.at + length];
        self.at += length + 1;
        Ok(string)
    }

    /// A number as JSON writes it, without an exponent; and whether it has a fraction.
    fn number(&mut self) -> Result<(&'de str, bool), NotPlain> {
        self.peek();
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let whole = start + usize::from(bytes.get(start) == Some(&b'-'));
        let mut end = digits(whole);
        let leading_zero = end - whole > 1 && bytes[whole] == b'0';
        let fraction = bytes.get(end) == Some(&b'.');
        if end == whole || leading_zero {
            return Err(NotPlain);
        }
        if fraction {
            let first = end + 1;
            end = digits(first);
            if end == first {
                return Err(NotPlain);
            }
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            return Err(NotPlain);
        }
        self.at = end;
        Ok((&self.text[start..end], fraction))
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotPlain> {
        match self.number()? {
            (text, true) => visitor.visit_f64(text.parse().map_err(|_| NotPlain)?),
            // serde_json has a negative zero of its own.
            ("-0", false) => Err(NotPlain),
            (text, false) if text.starts_with('-') => {
                visitor.visit_i64(text.parse().map_err(|_| NotPlain)?)
            }
            (text, false) => visitor.visit_u64(text.parse().map_err(|_| NotPlain)?),
        }
    }

    /// Before an element: `false` at the end of its list or object.
    fn more(&mut self, end: u8, first: &mut bool) -> Result<bool, NotPlain> {
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                return Ok(false);
            }
            Some(b',') if !*first => self.at += 1,
            Some(_) if *first => {}
            _ => return Err(NotPlain),
        }
        *first = false;
        Ok(true)
    }
}

impl<'de> Deserializer<'de> for &mut Plain<'de> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NotPlain> {
        Err(NotPlain)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        visitor.visit_borrowed_str(self.string()?)
    }
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        self.visit_number(visitor)
    }
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        self.visit_number(visitor)
    }
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        self.visit_number(visitor)
    }
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        self.visit_number(visitor)
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        self.take(b'{')?;
        visitor.visit_map(Members {
            plain: self,
            first: true,
        })
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        self.take(b'[')?;
        visitor.visit_seq(Members {
            plain: self,
            first: true,
        })
    }
    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u128 f32 char string bytes byte_buf option unit unit_struct newtype_struct
        tuple tuple_struct struct enum identifier ignored_any
    }
}

/// The members of the object, or the elements of the list, that was just opened.
struct Members<'p, 'de> {
    plain: &'p mut Plain<'de>,
    first: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = NotPlain;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NotPlain> {
        if !self.plain.more(b'}', &mut self.first)? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.plain).map(Some)
    }
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, NotPlain> {
        self.plain.take(b':')?;
        seed.deserialize(&mut *self.plain)
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = NotPlain;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NotPlain> {
        if !self.plain.more(b']', &mut self.first)? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.plain).map(Some)
    }
}

impl de::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl std::error::Error for NotPlain {}

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain JSON")
    }
}

#[cfg(test)]
#[path = "plain_test.rs"]
mod tests;
