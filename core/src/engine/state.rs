//! The engine's own entries in the store, and a whole copy of everything it holds.

use super::Engine;
use super::consent::Consent;
use super::context::{put_id, take_id};
use super::session::Session;
use crate::Id;
use crate::Now;
use crate::codec::{Decoder, Encoder};
use crate::store::{Class, Key, Write};

/// Consent, and for each affiliate who the visitor is.
pub(super) const IDENTITY: Key = Key {
    class: Class::State,
    number: 0,
};
/// What was captured, delivered and lost.
pub(super) const LEDGER: Key = Key {
    class: Class::State,
    number: 2,
};
/// Back-off and learned limits.
pub(super) const SENDING: Key = Key {
    class: Class::State,
    number: 3,
};
/// From here on: how sending one batch has gone, at this plus the batch's number.
const TRIES_FROM: u64 = 16;

pub(super) fn tries_key(batch: u64) -> Key {
    Key::new(Class::State, TRIES_FROM + batch)
}

pub(super) fn batch_of_tries(number: u64) -> Option<u64> {
    number.checked_sub(TRIES_FROM)
}

/// The stored choice and identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identities {
    /// The choice last made while running.
    pub(super) chosen: Option<Consent>,
    pub(super) known: Vec<Identity>,
}

/// Who the visitor is to one affiliate. Ids are never shared between affiliates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The affiliate's id: it is only ever compared.
    pub(super) affiliate: Vec<u8>,
    pub(super) anon: Option<Id>,
    pub(super) session: Session,
}

impl Identities {
    #[inline(never)]
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        (from.u8()? == VERSION).then_some(())?;
        let chosen = from.option(|from| Consent::of_byte(from.u8()?))?;
        let known = from.list(|from| {
            Some(Identity {
                affiliate: from.bytes()?.to_vec(),
                anon: from.option(take_id)?,
                session: Session::decode(from)?,
            })
        })?;
        Some(Self { chosen, known })
    }
}

impl Engine {
    #[inline(never)]
    pub(super) fn put_identity(&mut self) {
        let value = self.identity();
        self.outbox.put(IDENTITY, value);
    }

    #[inline(never)]
    pub(super) fn put_ledger(&mut self) {
        self.outbox.put(LEDGER, self.ledger.encode());
    }

    pub(super) fn put_sending(&mut self, now: Now) {
        let value = self.sender.encode(now, self.config.credentials_tag);
        self.outbox.put(SENDING, value);
    }

    /// An event's store number less its own number `n`.
    pub(super) fn event_key(&self, n: u64) -> Key {
        Key::new(Class::Event, self.ledger.base + n)
    }

    /// Everything the engine holds, in place of everything the store holds.
    pub(super) fn whole_copy(&self, now: Now) -> Vec<Write> {
        let put = |key, value| Write::Put { key, value };
        let mut copy = vec![
            Write::Wipe,
            put(IDENTITY, self.identity()),
            put(LEDGER, self.ledger.encode()),
            put(
                SENDING,
                self.sender.encode(now, self.config.credentials_tag),
            ),
        ];
        self.copy_open(now, &mut copy);
        for batch in self.queue.sealed() {
            copy.push(put(Key::new(Class::Batch, batch.number), batch.encode()));
            if batch.tries.attempts > 0 {
                copy.push(put(tries_key(batch.number), batch.tries.encode(now)));
            }
        }
        for (number, body) in self.erasures.entries() {
            copy.push(put(Key::new(Class::Erasure, number), body.to_vec()));
        }
        copy
    }

    /// A visitor who denied is known to no affiliate, and one who has not chosen to no other than before.
    fn identity(&self) -> Vec<u8> {
        let others = &self.others[..self.others.len().min(OTHERS_MAX)];
        let mut to = Encoder::new();
        to.u8(VERSION);
        to.option(self.visitor.chosen, |to, choice| {
            to.u8(choice.byte());
        });
        to.u64((usize::from(self.is_known) + others.len()) as u64);
        if self.is_known {
            let affiliate = self.config.affiliate.as_str().as_bytes();
            put_known(&mut to, affiliate, self.visitor.anon(), self.session);
        }
        for other in others {
            put_known(&mut to, &other.affiliate, other.anon, other.session);
        }
        to.into_bytes()
    }
}

fn put_known(to: &mut Encoder, affiliate: &[u8], anon: Option<Id>, session: Session) {
    to.bytes(affiliate);
    to.option(anon, put_id);
    session.encode(to);
}

const VERSION: u8 = 1;
/// Ours: an app serves few affiliates from one store.
const OTHERS_MAX: usize = 16;
