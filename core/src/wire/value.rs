//! How one JSON value is read and written: the trait behind every wire type, and its implementations for scalars.

use std::borrow::Cow;
#[cfg(feature = "decode")]
use std::fmt;
#[cfg(feature = "decode")]
use std::marker::PhantomData;

#[cfg(feature = "decode")]
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, SeqAccess, Visitor,
};

use super::json::{write_float, write_signed, write_text, write_whole};
#[cfg(feature = "decode")]
use super::plain::{NotPlain, Plain};
use crate::{Id, UnixMillis};

/// A type with a place on the wire. Strings are borrowed from the input wherever it holds no escape.
///
/// Implemented by this crate only; it is public because [`Batch`](super::Batch) is generic over its events.
pub trait Wire<'de>: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// Whatever the deserializer reports, and a value of the wrong type.
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error>;

    /// Reads the value if it is plain, and then as [`read`](Self::read) does.
    ///
    /// # Errors
    /// [`NotPlain`] for everything that is better read by [`read`](Self::read).
    #[cfg(feature = "decode")]
    #[doc(hidden)]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain>;

    /// Appends the value as compact JSON.
    fn write(&self, out: &mut Vec<u8>);

    /// What a missing key stands for; `None` makes the key required.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the key is left out when written.
    fn is_absent(&self) -> bool {
        false
    }
}

/// Lets a [`Wire`] type be the value of a map or an element of a list.
#[cfg(feature = "decode")]
pub(super) struct Read<T>(PhantomData<T>);

#[cfg(feature = "decode")]
impl<T> Read<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

#[cfg(feature = "decode")]
impl<'de, T: Wire<'de>> DeserializeSeed<'de> for Read<T> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        T::read(from)
    }
}

impl<'de, T: Wire<'de>> Wire<'de> for Option<T> {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::read(from).map(Some)
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        T::plain(from).map(Some)
    }
    fn write(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(out);
        }
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A list; left out when empty. At most one element beyond [`crate::limits::BATCH_EVENTS_MAX`] is kept: enough to see that
/// there were too many, whatever was sent.
impl<'de, T: Wire<'de>> Wire<'de> for Vec<T> {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: Wire<'de>> Visitor<'de> for List<T> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Vec<T>, A::Error> {
                let mut list = Vec::new();
                while list.len() <= crate::limits::BATCH_EVENTS_MAX {
                    match from.next_element_seed(Read::new())? {
                        Some(element) => list.push(element),
                        None => return Ok(list),
                    }
                }
                while from.next_element::<IgnoredAny>()?.is_some() {}
                Ok(list)
            }
        }
        from.deserialize_seq(List(PhantomData))
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        let mut elements = from.open(b'[')?;
        let mut list = Self::new();
        while from.more(&mut elements, b']')? {
            if list.len() > crate::limits::BATCH_EVENTS_MAX {
                return Err(NotPlain);
            }
            list.push(T::plain(from)?);
        }
        Ok(list)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (at, element) in self.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            element.write(out);
        }
        out.push(b']');
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<'de> Wire<'de> for Cow<'de, str> {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        from.deserialize_str(Text)
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        from.string().map(Cow::Borrowed)
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_text(self, out);
    }
}

impl<'de> Wire<'de> for Id {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        Self::parse(from.string()?).map_err(|_| NotPlain)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        out.extend_from_slice(self.as_bytes());
        out.push(b'"');
    }
}

impl<'de> Wire<'de> for UnixMillis {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        i64::deserialize(from).map(Self::from_i64)
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        from.signed().map(Self::from_i64)
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.as_i64().write(out);
    }
}

/// A flag: 0 or 1 on the wire; a missing key is 0.
impl<'de> Wire<'de> for bool {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match u64::deserialize(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(D::Error::invalid_value(
                serde::de::Unexpected::Other("number"),
                &"0 or 1",
            )),
        }
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        match from.unsigned()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(NotPlain),
        }
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(if *self { b'1' } else { b'0' });
    }
    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl<'de> Wire<'de> for f64 {
    #[cfg(feature = "decode")]
    fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // serde_json reads most numbers to the last bit but not all; the standard library reads all.
        let raw: &'de serde_json::value::RawValue = Deserialize::deserialize(from)?;
        let bad = |_| D::Error::invalid_type(serde::de::Unexpected::Other("value"), &"a number");
        raw.get().parse().map_err(bad)
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        from.float()
    }
    fn write(&self, out: &mut Vec<u8>) {
        write_float(*self, out);
    }
}

macro_rules! integers {
    ($($int:ty: $plain:ident $write:ident),*) => {$(
        impl<'de> Wire<'de> for $int {
            #[cfg(feature = "decode")]
            fn read<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Self::deserialize(from)
            }
            #[cfg(feature = "decode")]
            fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
                Self::try_from(from.$plain()?).map_err(|_| NotPlain)
            }
            fn write(&self, out: &mut Vec<u8>) {
                $write((*self).into(), out);
            }
        }
    )*};
}
integers!(u32: unsigned write_whole, u64: unsigned write_whole, i64: signed write_signed);

/// Fills in a text that may be missing. Out of line, for there are dozens of them.
#[inline(never)]
pub(crate) fn fill<'a>(field: &mut Option<Cow<'a, str>>, text: Option<&'a str>) {
    *field = text.map(Cow::Borrowed);
}

/// Appends `"key":value`, after a comma unless the object was just opened.
pub(super) fn write_member<'de, T: Wire<'de>>(key: &str, value: &T, out: &mut Vec<u8>) {
    if !value.is_absent() {
        write_required(key, value, out);
    }
}

/// As [`write_member`], whatever the value says.
pub(super) fn write_required<'de, T: Wire<'de>>(key: &str, value: &T, out: &mut Vec<u8>) {
    write_key(key, out);
    value.write(out);
}

/// Appends `"key":`, after a comma unless the object was just opened.
pub(super) fn write_key(key: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    write_text(key, out);
    out.push(b':');
}
