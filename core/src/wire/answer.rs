//! The collector's answer to a batch, and a request to forget a visitor.

use std::borrow::Cow;

use super::object::object;
use super::value::Wire;
use super::{Extra, Why};
use crate::{Id, limits};

object! {
    /// The body of a 200. Delivered means that `ok` and `rejected` add up to what was sent.
    #[derive(Clone, Debug, PartialEq)]
    pub Answer<'a> {
        /// `v`: the wire model.
        version "v": u32,
        /// `ok`: how many events were taken.
        ok "ok": u64,
        /// `rejected`: those that were not, and never will be.
        rejected "rejected": Vec<Rejected<'a>>,
    }
}

object! {
    /// One event that was refused.
    #[derive(Clone, Debug, PartialEq)]
    pub Rejected<'a> {
        /// `n`: the event's number, where it could be read.
        n "n": Option<u64>,
        /// `why`: the reason.
        why "why": Why,
    }
}

object! {
    /// The body of `POST /v1/forget`: every event of this visitor of this affiliate is to be erased.
    #[derive(Clone, Debug, PartialEq)]
    pub Forget<'a> {
        /// `aff`: the affiliate.
        affiliate "aff": Cow<'a, str>,
        /// `anon`: the visitor.
        anon "anon": Id,
    }
}

impl Answer<'_> {
    /// The answer to a batch of which `ok` events were taken.
    #[must_use]
    pub fn new(ok: u64, rejected: impl IntoIterator<Item = (Option<u64>, Why)>) -> Self {
        let rejected = rejected
            .into_iter()
            .map(|(n, why)| Rejected {
                n,
                why,
                extra: Extra::default(),
            })
            .collect();
        Self {
            version: limits::WIRE_MODEL,
            ok,
            rejected,
            extra: Extra::default(),
        }
    }

    /// The answer as JSON.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + 40 * self.rejected.len());
        self.write(&mut out);
        out
    }
}

impl<'a> Forget<'a> {
    /// A request to forget.
    #[must_use]
    pub fn new(affiliate: impl Into<Cow<'a, str>>, anon: Id) -> Self {
        Self {
            affiliate: affiliate.into(),
            anon,
            extra: Extra::default(),
        }
    }

    /// The request as JSON.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(96);
        self.write(&mut out);
        out
    }
}
