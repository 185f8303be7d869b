//! Small maps whose keys a host or a later version chooses: dimensions, experiments, loss counters, unknown keys.

use std::borrow::Cow;

#[cfg(feature = "decode")]
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::value::{Wire, write_key};
#[cfg(feature = "decode")]
use crate::limits;

/// A JSON object with free keys, in the order sent. A key given twice is an error when read.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<T> Default for Pairs<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T> Pairs<'a, T> {
    /// The value under a key.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&T> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    /// Puts a value under a key, in place of the one it had.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: T) {
        let key = key.into();
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }

    /// Puts a value under a key that is not there yet.
    pub(crate) fn add(&mut self, key: &'a str, value: T) {
        self.0.push((Cow::Borrowed(key), value));
    }

    /// Whether one more key may be read.
    #[cfg(feature = "decode")]
    fn admit<E: Error>(&self, key: &str) -> Result<(), E> {
        if self.value(key).is_some() {
            return Err(E::duplicate_field("of an object with free keys"));
        }
        if self.0.len() == PAIRS_MAX {
            return Err(E::invalid_length(PAIRS_MAX, &super::decode::MANY));
        }
        Ok(())
    }

    /// Keys and values, in the order sent.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A later value under the same key replaces the earlier one.
impl<'a, K: Into<Cow<'a, str>>, T> FromIterator<(K, T)> for Pairs<'a, T> {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(from: I) -> Self {
        let mut pairs = Self::default();
        for (key, value) in from {
            pairs.set(key, value);
        }
        pairs
    }
}

impl<'de, T: Wire<'de>> Wire<'de> for Pairs<'de, T> {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use super::value::Read;
        struct Map<'de, T>(std::marker::PhantomData<(&'de (), T)>);
        impl<'de, T: Wire<'de>> Visitor<'de> for Map<'de, T> {
            type Value = Pairs<'de, T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Pairs::default();
                while let Some(key) = map.next_key_seed(Read::<Cow<'de, str>>::new())? {
                    pairs.admit(&key)?;
                    pairs.0.push((key, map.next_value_seed(Read::new())?));
                }
                Ok(pairs)
            }
        }
        from.deserialize_map(Map(std::marker::PhantomData))
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut super::plain::Plain<'de>) -> Result<Self, super::plain::NotPlain> {
        let mut members = from.open(b'{')?;
        let mut pairs = Self::default();
        while from.more(&mut members, b'}')? {
            let key = from.free_key()?;
            if pairs.value(key).is_some() || pairs.len() == PAIRS_MAX {
                return Err(super::plain::NotPlain);
            }
            pairs.0.push((key.into(), T::plain(from)?));
        }
        Ok(pairs)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (key, value) in self.iter() {
            write_key(key, out);
            value.write(out);
        }
        out.push(b'}');
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Keys a reader does not know, each with its JSON as sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra<'a>(Pairs<'a, Cow<'a, str>>);

impl<'a> Extra<'a> {
    /// Keys and their raw JSON, in the order sent.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, json)| (key, &**json))
    }

    /// Whether every key was known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps the value that follows `key`.
    #[cfg(feature = "decode")]
    pub(super) fn keep<A: MapAccess<'a>>(
        &mut self,
        key: Cow<'a, str>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        self.0.admit(&key)?;
        let raw: &'a serde_json::value::RawValue = map.next_value()?;
        if depth(raw.get()) > limits::NESTING_MAX {
            return Err(A::Error::invalid_length(
                limits::NESTING_MAX,
                &super::decode::DEEP,
            ));
        }
        self.0.0.push((key, Cow::Borrowed(raw.get())));
        Ok(())
    }

    /// Appends the keys as members of a JSON object, after a comma unless the object was just opened.
    pub fn write_members(&self, out: &mut Vec<u8>) {
        for (key, json) in self.iter() {
            write_key(key, out);
            out.extend_from_slice(json.as_bytes());
        }
    }
}

/// Deepest nesting of brackets outside strings, in JSON already known to be well formed.
#[cfg(feature = "decode")]
fn depth(json: &str) -> usize {
    let (mut now, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Most keys of one free object: looking for a duplicate is a linear search, so the length is bounded.
#[cfg(feature = "decode")]
const PAIRS_MAX: usize = 64;
