//! What crosses the border: the values of a call one after the other, a number as eight bytes (IEEE 754, little endian),
//! texts and bytes behind their length as a number. In a reply each value has a byte before it that tells its kind.
//!
//! Every message has a meaning: what is missing is NaN or empty, and what is no UTF-8 is empty.

use std::str::FromStr;

use crate::number::index;

/// What a call says; its values are taken in turn.
pub(crate) struct Said<'a> {
    rest: &'a [u8],
}

impl<'a> Said<'a> {
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn number(&mut self) -> f64 {
        self.take(NUMBER_BYTES)
            .try_into()
            .map_or(f64::NAN, f64::from_le_bytes)
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.number() == 1.0
    }

    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let length = index(self.number());
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> &'a str {
        str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// A checked text; `None` where it is empty or not valid as what it should be.
    pub(crate) fn checked<T: FromStr>(&mut self) -> Option<T> {
        self.text().parse().ok()
    }

    /// Keys and values in turn, behind their count.
    pub(crate) fn pairs(&mut self) -> Vec<(&'a str, &'a str)> {
        let mut pairs = Vec::new();
        let mut left = self.number();
        while left > 0.0 && !self.is_empty() {
            pairs.push((self.text(), self.text()));
            left -= 1.0;
        }
        pairs
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        taken
    }
}

/// What a call answers.
#[derive(Default)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn number(&mut self, value: f64) {
        self.put(NUMBER, value);
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.put(BYTES, value.len() as f64);
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.put(TEXT, value.len() as f64);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn put(&mut self, kind: u8, value: f64) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }
}

const NUMBER_BYTES: usize = 8;
const NUMBER: u8 = 0;
const BYTES: u8 = 1;
const TEXT: u8 = 2;

#[cfg(test)]
pub(crate) mod tests {
    use super::{Reply, Said};
    use Value::{N, T};
    use eyeline_core::{ContentId, Label};

    /// A value as the host writes it.
    pub(crate) enum Value<'a> {
        N(f64),
        T(&'a str),
    }

    /// A message as the host writes it.
    pub(crate) fn said(values: &[Value<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for value in values {
            match value {
                N(number) => bytes.extend_from_slice(&number.to_le_bytes()),
                T(text) => {
                    bytes.extend_from_slice(&(text.len() as f64).to_le_bytes());
                    bytes.extend_from_slice(text.as_bytes());
                }
            }
        }
        bytes
    }

    #[test]
    fn values_come_in_the_order_they_were_said() {
        let bytes = said(&[N(1.5), T("記事/七"), N(1.0), T("")]);
        let mut said = Said::new(&bytes);
        assert_eq!(
            (said.number(), said.text(), said.flag(), said.text()),
            (1.5, "記事/七", true, "")
        );
        assert!(said.is_empty());
    }

    #[test]
    fn what_is_missing_is_nan_or_empty() {
        let bytes = said(&[N(1e9), N(3.0)]);
        let mut said = Said::new(&bytes);
        assert_eq!((said.bytes(), said.text()), (&b""[..], ""));
        assert!(said.number().is_nan() && !said.flag());
    }

    #[test]
    fn an_empty_or_invalid_text_is_none() {
        let bytes = said(&[T(""), T("a\u{7}b"), T("item-14")]);
        let mut said = Said::new(&bytes);
        let found: [Option<ContentId>; 3] = std::array::from_fn(|_| said.checked());
        assert_eq!(
            found,
            [None, None, Some(ContentId::new("item-14").unwrap())]
        );
        assert_eq!(Said::new(b"\xff").checked::<Label>(), None);
    }

    #[test]
    fn pairs_end_where_the_message_does() {
        let bytes = said(&[
            N(0.0),
            N(1.0),
            T("edition"),
            T("jp"),
            N(1e9),
            T("k"),
            T("v"),
        ]);
        let mut said = Said::new(&bytes);
        assert_eq!(said.pairs(), []);
        assert_eq!(said.pairs(), [("edition", "jp")]);
        assert_eq!(said.pairs(), [("k", "v")]);
        assert_eq!(said.pairs(), []);
    }

    #[test]
    fn a_reply_tells_numbers_bytes_and_texts_apart() {
        let mut reply = Reply::default();
        reply.number(-1.0);
        reply.bytes(b"ab");
        reply.text("c");
        let mut expected = vec![0];
        expected.extend_from_slice(&(-1.0f64).to_le_bytes());
        expected.push(1);
        expected.extend_from_slice(&2.0f64.to_le_bytes());
        expected.extend_from_slice(b"ab\x02");
        expected.extend_from_slice(&1.0f64.to_le_bytes());
        expected.push(b'c');
        assert_eq!(reply.into_bytes(), expected);
    }
}
