//! The byte format of everything the engine keeps: LEB128 numbers and length-prefixed bytes, nothing else.

/// Appends values to a buffer in the engine's storage format.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    out: Vec<u8>,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.out.push(value);
        self
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        put_u64(&mut self.out, value);
        self
    }

    /// Zigzag, so that small negative numbers stay short.
    pub(crate) fn i64(&mut self, value: i64) -> &mut Self {
        let zigzag = (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned();
        self.u64(zigzag)
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        put_bytes(&mut self.out, value);
        self
    }

    pub(crate) fn option<T>(
        &mut self,
        value: Option<T>,
        put: impl FnOnce(&mut Self, T),
    ) -> &mut Self {
        match value {
            None => {
                self.u8(0);
            }
            Some(value) => {
                self.u8(1);
                put(self, value);
            }
        }
        self
    }
}

pub(crate) fn put_u64(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, value: &[u8]) {
    put_u64(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// Reads back what [`Encoder`] wrote; every method says `None` at damaged or truncated input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.u64()?.try_into().ok()
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        let zigzag = self.u64()?;
        Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length: usize = self.u64()?.try_into().ok()?;
        if length > self.rest.len() {
            return None;
        }
        let (value, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(value)
    }

    #[cfg(feature = "journal")]
    pub(crate) fn str(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn option<T>(
        &mut self,
        take: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.u8()? {
            0 => Some(None),
            1 => take(self).map(Some),
            _ => None,
        }
    }

    /// A count, and so many values.
    pub(crate) fn list<T>(&mut self, take: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        for _ in 0..self.u64()? {
            list.push(take(self)?);
        }
        Some(list)
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Encoder};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_is_read_back(a: u64, b: i64, c: Vec<u8>, d: Option<u64>) {
            let mut encoder = Encoder::new();
            encoder.u64(a).i64(b).bytes(&c).option(d, |e, v| { e.u64(v); });
            let bytes = encoder.into_bytes();
            let mut decoder = Decoder::new(&bytes);
            prop_assert_eq!(decoder.u64(), Some(a));
            prop_assert_eq!(decoder.i64(), Some(b));
            prop_assert_eq!(decoder.bytes(), Some(c.as_slice()));
            prop_assert_eq!(decoder.option(Decoder::u64), Some(d));
            prop_assert!(decoder.rest().is_empty());
        }

        #[test]
        fn damaged_input_never_panics(input: Vec<u8>) {
            let mut decoder = Decoder::new(&input);
            while decoder.bytes().is_some() {}
            let _ = Decoder::new(&input).i64();
        }
    }
}
