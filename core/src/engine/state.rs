//! The engine's own entries in the store, and a whole copy of everything it holds.

use super::Engine;
use super::consent::Consent;
use super::context::{Grant, Head, put_id, take_id};
use super::group::Group;
use super::session::Session;
use crate::Id;
use crate::Now;
use crate::app::AffiliateId;
use crate::codec::{Decoder, Encoder};
use crate::store::{Class, HEAD, Key, Write};

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
    pub(super) affiliate: AffiliateId,
    pub(super) anon: Option<Id>,
    pub(super) session: Session,
}

impl Identities {
    fn encode(chosen: Option<Consent>, known: &[&Identity]) -> Vec<u8> {
        let mut to = Encoder::new();
        to.u8(VERSION);
        to.option(chosen, |to, choice| {
            to.u8(choice.byte());
        });
        to.u64(known.len() as u64);
        for identity in known {
            to.bytes(identity.affiliate.as_str().as_bytes());
            to.option(identity.anon, put_id);
            identity.session.encode(&mut to);
        }
        to.into_bytes()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        (from.u8()? == VERSION).then_some(())?;
        let chosen = from.option(|from| Consent::of_byte(from.u8()?))?;
        let known = (0..from.u64()?)
            .map(|_| {
                Some(Identity {
                    affiliate: AffiliateId::new(from.str()?).ok()?,
                    anon: from.option(take_id)?,
                    session: Session::decode(&mut from)?,
                })
            })
            .collect::<Option<_>>()?;
        Some(Self { chosen, known })
    }
}

impl Engine {
    pub(super) fn put_identity(&mut self) {
        let value = self.identity();
        self.outbox.push(|| Write::Put {
            key: IDENTITY,
            value,
        });
    }

    pub(super) fn put_ledger(&mut self) {
        let ledger = &self.ledger;
        self.outbox.push(|| Write::Put {
            key: LEDGER,
            value: ledger.encode(),
        });
    }

    pub(super) fn put_sending(&mut self, now: Now) {
        let value = self.sender.encode(now, self.config.credentials_tag);
        self.outbox.push(|| Write::Put {
            key: SENDING,
            value,
        });
    }

    /// What stands once for the events of the open batch.
    pub(super) fn head(&self, open: &Group, grant: Grant, now: Now) -> Vec<u8> {
        let opened = now.wall.minus(open.age(now));
        Head::encode(
            &self.instance,
            self.ledger.base,
            opened,
            &open.context,
            grant,
        )
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
        if let Some((open, grant)) = self
            .queue
            .open
            .as_ref()
            .and_then(|open| Some((open, open.grant?)))
        {
            copy.push(put(HEAD, self.head(open, grant, now)));
            copy.extend(
                open.iter()
                    .map(|(n, bytes)| put(self.event_key(n), bytes.to_vec())),
            );
        }
        for batch in self.queue.sealed() {
            copy.push(put(Key::new(Class::Batch, batch.number), batch.encode()));
            if batch.tries.attempts > 0 {
                copy.push(put(tries_key(batch.number), batch.tries.encode(now)));
            }
        }
        copy.extend(
            self.erasures
                .entries()
                .map(|(number, body)| put(Key::new(Class::Erasure, number), body.to_vec())),
        );
        copy
    }

    /// A visitor who denied is known to no affiliate, and one who has not chosen to no other than before.
    fn identity(&self) -> Vec<u8> {
        let own = Identity {
            affiliate: self.config.affiliate.clone(),
            anon: self.visitor.anon(),
            session: self.session,
        };
        let own = Some(&own).filter(|_| self.is_known);
        let others = self.others.iter().take(OTHERS_MAX);
        let known: Vec<&Identity> = own.into_iter().chain(others).collect();
        Identities::encode(self.visitor.chosen, &known)
    }
}

const VERSION: u8 = 1;
/// Ours: an app serves few affiliates from one store.
const OTHERS_MAX: usize = 16;
