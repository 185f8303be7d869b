//! Raw lines: what the collector hands to delivery and the loader reads.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::decode::{DecodeError, decode};
use super::object::object;
use super::value::Wire;
use super::{Extra, Forget, Why};
use crate::{Id, UnixMillis, limits};

object! {
    /// One accepted batch with what the collector knows about the request. `B` is how the batch is held:
    /// as sent (`&RawValue`, the default) or typed.
    #[derive(Clone, Debug, PartialEq)]
    pub RawLine<'a, B = &'a RawValue> {
        /// `rcv`: when the request's head arrived.
        received "rcv": UnixMillis,
        /// `aff`: the affiliate, as the write key's list allows it.
        affiliate "aff": Cow<'a, str>,
        /// `ip`: the client's network, never its full address.
        ip "ip": Option<Cow<'a, str>>,
        /// `cc`: ISO 3166 country, from a trusted proxy.
        country "cc": Option<Cow<'a, str>>,
        /// `ua`: the `User-Agent` header.
        user_agent "ua": Option<Cow<'a, str>>,
        /// `gpc`: the request carried `Sec-GPC: 1`.
        gpc "gpc": bool,
        /// `key`: the write key.
        key "key": Cow<'a, str>,
        /// `w`: the client's wall time at the attempt.
        wall "w": Option<UnixMillis>,
        /// `s`: ms since `t0` at the attempt, from the batch's own instance only.
        since_start "s": Option<i64>,
        /// `att`: which attempt this was, from 1.
        attempt "att": u32,
        /// `b`: the batch.
        batch "b": B,
    }
}

object! {
    /// Events that were refused, kept for the loss report.
    #[derive(Clone, Debug, PartialEq)]
    pub BadLine<'a> {
        /// `rcv`: when the request's head arrived.
        received "rcv": UnixMillis,
        /// `key`: the write key.
        key "key": Cow<'a, str>,
        /// `bad`: the events.
        bad "bad": Vec<BadEvent<'a>>,
    }
}

object! {
    /// One refused event.
    #[derive(Clone, Debug, PartialEq)]
    pub BadEvent<'a> {
        /// `inst`: its instance, where it could be read.
        inst "inst": Option<Id>,
        /// `n`: its number, where it could be read.
        n "n": Option<u64>,
        /// `why`: the reason.
        why "why": Why,
        /// `raw`: what was sent, shortened by the collector where it is too long.
        raw "raw": Cow<'a, str>,
    }
}

object! {
    /// A visitor asked to be forgotten.
    #[derive(Clone, Debug, PartialEq)]
    pub ForgetLine<'a> {
        /// `rcv`: when the request's head arrived; events received later are a new visitor's.
        received "rcv": UnixMillis,
        /// `key`: the write key.
        key "key": Cow<'a, str>,
        /// `forget`: whom.
        forget "forget": Forget<'a>,
    }
}

/// One line of a raw object.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'a, B = &'a RawValue> {
    /// An accepted batch.
    Batch(RawLine<'a, B>),
    /// Refused events.
    Bad(BadLine<'a>),
    /// A request to forget a visitor.
    Forget(ForgetLine<'a>),
}

object! {
    /// All that a line may hold; which kind it is, is seen once it is read.
    Any<'a, B = &'a RawValue> {
        received "rcv": UnixMillis,
        affiliate "aff": Option<Cow<'a, str>>,
        ip "ip": Option<Cow<'a, str>>,
        country "cc": Option<Cow<'a, str>>,
        user_agent "ua": Option<Cow<'a, str>>,
        gpc "gpc": bool,
        key "key": Cow<'a, str>,
        wall "w": Option<UnixMillis>,
        since_start "s": Option<i64>,
        attempt "att": Option<u32>,
        batch "b": Option<B>,
        bad "bad": Vec<BadEvent<'a>>,
        forget "forget": Option<Forget<'a>>,
    }
}

impl<'a, B: Wire<'a>> Line<'a, B> {
    /// Reads one line, with or without its `\n`.
    ///
    /// # Errors
    /// [`DecodeError`] at the first fault. With `B` = `&RawValue` a fault inside the batch is not looked for.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let any: Any<'a, B> = decode(bytes.strip_suffix(b"\n").unwrap_or(bytes))?;
        let missing = |key: &str| DecodeError {
            why: Why::Missing,
            at: 0,
            detail: format!("field `{key}`"),
        };
        if any.bad.len() > limits::BATCH_EVENTS_MAX {
            // The reader passed over what lies beyond, so the line can't be taken for whole.
            let detail = "more refused events than a batch holds".to_owned();
            return Err(DecodeError {
                why: Why::TooManyEvents,
                at: 0,
                detail,
            });
        }
        match (any.batch, any.bad, any.forget) {
            (Some(batch), bad, None) if bad.is_empty() => Ok(Self::Batch(RawLine {
                received: any.received,
                affiliate: any.affiliate.ok_or_else(|| missing("aff"))?,
                ip: any.ip,
                country: any.country,
                user_agent: any.user_agent,
                gpc: any.gpc,
                key: any.key,
                wall: any.wall,
                since_start: any.since_start,
                attempt: any.attempt.ok_or_else(|| missing("att"))?,
                batch,
                extra: any.extra,
            })),
            (None, bad, None) if !bad.is_empty() => Ok(Self::Bad(BadLine {
                received: any.received,
                key: any.key,
                bad,
                extra: any.extra,
            })),
            (None, bad, Some(forget)) if bad.is_empty() => Ok(Self::Forget(ForgetLine {
                received: any.received,
                key: any.key,
                forget,
                extra: any.extra,
            })),
            _ => Err(missing("b, bad or forget, one of them")),
        }
    }
}

impl<'a, B> RawLine<'a, B> {
    /// Takes the batch out and puts something in its place.
    pub fn replace_batch<C>(self, batch: C) -> (B, RawLine<'a, C>) {
        let line = RawLine {
            received: self.received,
            affiliate: self.affiliate,
            ip: self.ip,
            country: self.country,
            user_agent: self.user_agent,
            gpc: self.gpc,
            key: self.key,
            wall: self.wall,
            since_start: self.since_start,
            attempt: self.attempt,
            batch,
            extra: self.extra,
        };
        (self.batch, line)
    }
}

impl<'a, B: Wire<'a>> RawLine<'a, B> {
    /// The line with its `\n`. The batch's bytes are taken as they are.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        line(self)
    }
}

impl<'a> BadLine<'a> {
    /// The line with its `\n`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        line(self)
    }
}

impl<'a> BadEvent<'a> {
    /// A refused event.
    #[must_use]
    pub fn new(inst: Option<Id>, n: Option<u64>, why: Why, raw: impl Into<Cow<'a, str>>) -> Self {
        Self {
            inst,
            n,
            why,
            raw: raw.into(),
            extra: Extra::default(),
        }
    }
}

impl<'a> ForgetLine<'a> {
    /// The line with its `\n`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        line(self)
    }
}

impl<'de> Wire<'de> for &'de RawValue {
    fn read<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(from)
    }
    /// serde_json alone makes raw values.
    fn plain(_: &mut super::plain::Plain<'de>) -> Result<Self, super::plain::NotPlain> {
        Err(super::plain::NotPlain)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.get().as_bytes());
    }
}

fn line<'a>(value: &impl Wire<'a>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    value.write(&mut out);
    out.push(b'\n');
    out
}
