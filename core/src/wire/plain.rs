//! Reads plain JSON fast: what a machine wrote, with no escape, no exponent and no key this version does not know.
//!
//! Nearly every event is plain. What is not, or is wrong, ends in [`NotPlain`] and is read again by serde_json, which
//! then also finds the words for the fault; so this reader needs none. Its law: what it reads, serde_json reads equally.

use super::value::Wire;

/// The whole of `text` as one plain value. `text` holds no byte below 0x20.
pub(super) fn read<'de, T: Wire<'de>>(text: &'de str) -> Result<T, NotPlain> {
    let mut plain = Plain { text, at: 0 };
    let value = T::plain(&mut plain)?;
    match plain.peek() {
        None => Ok(value),
        Some(_) => Err(NotPlain),
    }
}

/// Read it another way.
#[derive(Debug)]
pub struct NotPlain;

/// A place in plain JSON, from which values are read one after the other.
#[derive(Debug)]
pub struct Plain<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Plain<'de> {
    /// A string without escapes.
    pub(super) fn string(&mut self) -> Result<&'de str, NotPlain> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            let word = self.word();
            let ends = bytes_equal(word, b'"');
            let escapes = bytes_equal(word, b'\\');
            let length = (ends | escapes).trailing_zeros() / 8;
            self.at += length as usize;
            if length < 8 {
                if escapes.trailing_zeros() < ends.trailing_zeros() {
                    return Err(NotPlain);
                }
                break;
            }
            if self.at >= self.text.len() {
                return Err(NotPlain);
            }
        }
        // A quote is never inside a character of several bytes, so both ends are between characters.
        let string = self.text.get(start..self.at).ok_or(NotPlain)?;
        self.at += 1;
        Ok(string)
    }

    /// A whole number from 0.
    #[inline]
    pub(super) fn unsigned(&mut self) -> Result<u64, NotPlain> {
        self.peek();
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut number = 0_u64;
        while let Some(digit) = bytes.get(self.at).map(|byte| byte.wrapping_sub(b'0'))
            && digit < 10
        {
            // Wraps only beyond the digits allowed below.
            number = number.wrapping_mul(10).wrapping_add(digit.into());
            self.at += 1;
        }
        let leading_zero = self.at - start > 1 && bytes[start] == b'0';
        let goes_on = matches!(bytes.get(self.at), Some(b'.' | b'e' | b'E'));
        if !(1..=DIGITS_MAX).contains(&(self.at - start)) || leading_zero || goes_on {
            return Err(NotPlain);
        }
        Ok(number)
    }

    /// A whole number.
    pub(super) fn signed(&mut self) -> Result<i64, NotPlain> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        // A space after the sign is no number.
        if negative && !self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(NotPlain);
        }
        let number = i64::try_from(self.unsigned()?).map_err(|_| NotPlain)?;
        match (negative, number) {
            (false, number) => Ok(number),
            // serde_json has a negative zero of its own.
            (true, 0) => Err(NotPlain),
            (true, number) => Ok(-number),
        }
    }

    /// A number without an exponent.
    pub(super) fn float(&mut self) -> Result<f64, NotPlain> {
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
        if end == whole || leading_zero {
            return Err(NotPlain);
        }
        if bytes.get(end) == Some(&b'.') {
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
        self.text[start..end].parse().map_err(|_| NotPlain)
    }

    /// A value together with its text, without the space around it.
    #[inline]
    pub(super) fn span<T: Wire<'de>>(&mut self) -> Result<(&'de str, T), NotPlain> {
        self.peek();
        let start = self.at;
        let value = T::plain(self)?;
        let raw = self.text.get(start..self.at).ok_or(NotPlain)?;
        Ok((raw, value))
    }

    /// Enters a list or an object.
    pub(super) fn open(&mut self, bracket: u8) -> Result<Members, NotPlain> {
        self.take(bracket)?;
        Ok(Members { first: true })
    }

    /// Before an element: `false` at the end of its list or object.
    #[inline]
    pub(super) fn more(&mut self, members: &mut Members, end: u8) -> Result<bool, NotPlain> {
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                return Ok(false);
            }
            Some(b',') if !members.first => self.at += 1,
            Some(_) if members.first => {}
            _ => return Err(NotPlain),
        }
        members.first = false;
        Ok(true)
    }

    /// A known key and its colon, as [`known`] writes it.
    #[inline]
    pub(super) fn key(&mut self) -> Result<u64, NotPlain> {
        self.take(b'"')?;
        let word = self.word();
        let end = bytes_equal(word, b'"');
        if end == 0 {
            return Err(NotPlain);
        }
        let bits = end.trailing_zeros() / 8 * 8;
        self.at += bits as usize / 8 + 1;
        self.take(b':')?;
        Ok(word & ((1 << bits) - 1))
    }

    /// A free key and its colon.
    pub(super) fn free_key(&mut self) -> Result<&'de str, NotPlain> {
        let key = self.string()?;
        self.take(b':')?;
        Ok(key)
    }

    /// Reads the value of a key into its place, which is still empty.
    pub(super) fn value<T: Wire<'de>>(&mut self, place: &mut Option<T>) -> Result<(), NotPlain> {
        if place.is_some() {
            return Err(NotPlain);
        }
        *place = Some(T::plain(self)?);
        Ok(())
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        while self.byte() == Some(b' ') {
            self.at += 1;
        }
        self.byte()
    }

    #[inline]
    fn take(&mut self, wanted: u8) -> Result<(), NotPlain> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            Ok(())
        } else {
            Err(NotPlain)
        }
    }

    /// The next eight bytes, the first of them lowest; zeros beyond the end.
    #[inline]
    fn word(&self) -> u64 {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => packed(rest),
        }
    }
}

/// What was seen of a list or an object.
#[derive(Debug)]
pub(super) struct Members {
    first: bool,
}

/// A key as [`Plain::key`] reads it, whose eighth byte is at most the quote: a longer key is left to serde_json.
pub(super) const fn known(key: &str) -> u64 {
    if key.len() < 8 {
        packed(key.as_bytes())
    } else {
        NEVER_READ
    }
}

/// Up to eight bytes as one number, the first of them lowest.
const fn packed(bytes: &[u8]) -> u64 {
    let mut word = 0;
    let mut at = bytes.len();
    while at > 0 {
        at -= 1;
        word = word << 8 | bytes[at] as u64;
    }
    word
}

/// The high bit of each byte of `word` that is `byte`; right up to the first such byte, which is all that is asked.
const fn bytes_equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let differs = word ^ u64::from_le_bytes([byte; 8]);
    differs.wrapping_sub(LOW) & !differs & HIGH
}

/// No text holds this byte.
const NEVER_READ: u64 = u64::from_le_bytes([0xff; 8]);
/// Whole numbers of so many digits fit 64 bits.
const DIGITS_MAX: usize = 19;

#[cfg(test)]
#[path = "plain_test.rs"]
mod tests;
