//! A start: brings back what the store kept, and seals what an earlier instance had not.

use std::mem::take;
use std::sync::Arc;

use super::Engine;
use super::config::{Config, Spans};
use super::consent::{Consent, Visitor};
use super::context::{Context, Instance};
use super::erasure::Erasures;
use super::journal::Unsealed;
use super::ledger::Ledger;
use super::loss::{LossReason, LostRange};
use super::outbox::Outbox;
use super::queue::Queue;
use super::sealed::{Sealed, Tries};
use super::sender::Sender;
use super::session::Session;
use super::state::{IDENTITY, Identities, LEDGER, SENDING, batch_of_tries, tries_key};
use super::watching::Views;
use super::wire_bounds;
use crate::limits::SET_ASIDE_PAUSE;
use crate::store::{Class, HEAD, Key, Saved};
use crate::time::millis;
use crate::{Entropy, Id, Now};

/// What the store kept, read as far as it can be read.
#[derive(Default)]
struct Restored {
    identities: Option<Identities>,
    unsealed: Unsealed,
    ledger: Option<Ledger>,
    sender: Option<Sender>,
    tries: Vec<(u64, Tries)>,
    batches: Vec<Sealed>,
    erasures: Erasures,
    /// Entries that can't be read, to be removed.
    damaged: Vec<Key>,
    used: bool,
}

impl Engine {
    /// Starts a new instance on what an earlier one left. `bits` must be unpredictable: ids are drawn from it.
    #[must_use]
    #[inline(never)]
    pub fn start(
        config: Config,
        saved: Saved,
        now: Now,
        mut bits: Box<dyn Entropy + Send>,
    ) -> Self {
        let mut config = config.bounded();
        let restored = Restored::read(saved, now, config.credentials_tag);
        let stored = restored.identities;
        let chosen = stored.as_ref().and_then(|stored| stored.chosen);
        let choice = Consent::at_start(config.consent, chosen);
        let mut others = stored.map(|stored| stored.known).unwrap_or_default();
        let affiliate = config.affiliate.as_str().as_bytes();
        let own = others
            .iter()
            .position(|known| known.affiliate == affiliate)
            .map(|at| others.remove(at));
        let anon = own.as_ref().and_then(|own| own.anon);
        let mut visitor = Visitor::new(choice, config.gpc, config.children, anon, &mut *bits);
        visitor.chosen = chosen;
        let is_known = own.is_some();
        let session = own.map_or_else(|| Session::first(now, &mut *bits), |own| own.session);
        let inst = Id::random(&mut *bits);
        let left_over = restored.unsealed.left_by(restored.ledger);
        let before = left_over.ledger.as_ref();
        let ledger = before.map_or_else(|| Ledger::first(inst), |before| before.successor(inst));
        let mut engine = Self {
            instance: Instance {
                id: inst,
                t0: wire_bounds::wall(now.wall),
                sdk: config.sdk.clone(),
                affiliate: config.affiliate.clone(),
                rate: config.sampling,
                previous: ledger.previous,
            },
            started: now.mono,
            context: Arc::new(Context {
                page_view: u32::from(config.page.is_some()),
                page: config.page.take().unwrap_or_default(),
                device: take(&mut config.device),
                session: Some((session.id, session.number)),
                experiments: take(&mut config.experiments),
                dimensions: take(&mut config.dimensions),
            }),
            visitor,
            session,
            sampled: session.is_sampled(config.sampling),
            is_known,
            others,
            queue: Queue::default(),
            ledger,
            outbox: Outbox::new(choice == Consent::Pending, restored.used),
            sender: restored.sender.unwrap_or_default(),
            erasures: restored.erasures,
            views: Views::default(),
            shut_down: false,
            spans: Spans::of(&config),
            config,
            bits,
        };
        for key in restored.damaged {
            engine.outbox.delete(key);
        }
        engine.adopt(restored.batches, restored.tries);
        engine.take_over(left_over, now);
        engine.account_for_missing();
        engine.begin(now);
        engine
    }

    /// Brings back sealed batches with what sending them has come to.
    #[inline(never)]
    fn adopt(&mut self, batches: Vec<Sealed>, tries: Vec<(u64, Tries)>) {
        for batch in batches {
            self.ledger.batches = self.ledger.batches.max(batch.number);
            self.queue.restore(batch);
        }
        for (number, tries) in tries {
            match self.queue.by_number(number) {
                Some(batch) => batch.tries = tries,
                None => self.outbox.delete(tries_key(number)),
            }
        }
    }

    /// Keeps what an instance did not tell any more, and what was found lost since, to be told by this one.
    pub(super) fn report(&mut self, before: &Ledger, found: &[LostRange]) {
        for range in before.untold.iter().chain(found) {
            self.ledger.report(before.inst, *range);
        }
    }

    /// Entries that the store did not give back are losses too: captured = delivered + queued + lost, at any moment.
    #[inline(never)]
    fn account_for_missing(&mut self) {
        let queued = self.queue.events();
        let life = &mut self.ledger.life;
        let ended = life.delivered + life.lost.total();
        life.captured_before = life.captured_before.max(ended + queued);
        life.lost.add(
            LossReason::StorageFailed,
            life.captured_before - ended - queued,
        );
    }

    /// Stores the start itself, as far as consent allows.
    #[inline(never)]
    fn begin(&mut self, now: Now) {
        match self.visitor.choice {
            Consent::Pending => self.ledger.begin_pending(),
            Consent::Denied => {
                self.know_nobody();
                self.withdraw_all();
                self.ledger.reports.clear();
                let copy = self.whole_copy(now);
                self.outbox.forget_all(copy);
            }
            Consent::Full | Consent::MeasureOnly => {
                self.is_known = true;
                self.put_identity();
                self.put_ledger();
                self.put_sending(now);
                self.keep_bounds();
                self.tell_reports(now);
            }
        }
    }
}

impl Restored {
    #[inline(never)]
    fn read(saved: Saved, now: Now, credentials: u64) -> Self {
        let mut restored = Self {
            used: !saved.entries.is_empty(),
            ..Self::default()
        };
        for (key, value) in saved.entries {
            if restored.take(key, value, now, credentials).is_none() {
                restored.damaged.push(key);
            }
        }
        restored
    }

    /// `None` when the entry can't be read.
    #[inline(never)]
    fn take(&mut self, key: Key, value: Vec<u8>, now: Now, credentials: u64) -> Option<()> {
        match (key.class, key) {
            (_, IDENTITY) => self.identities = Some(Identities::decode(&value)?),
            (_, LEDGER) => self.ledger = Some(Ledger::decode(&value)?),
            (_, SENDING) => self.sender = Some(Sender::decode(&value, now, credentials)?),
            (_, HEAD) | (Class::Event, _) => self.unsealed.take(key, value)?,
            (Class::State, _) => {
                let tries = Tries::decode(&value, now, millis(SET_ASIDE_PAUSE))?;
                self.tries.push((batch_of_tries(key.number)?, tries));
            }
            (Class::Batch, _) => self.batches.push(Sealed::decode(key.number, &value, now)?),
            (Class::Erasure, _) => self.erasures.restore(key.number, value),
        }
        Some(())
    }
}
