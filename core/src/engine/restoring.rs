//! A start: brings back what the store kept, and seals what an earlier instance had not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::config::Config;
use super::consent::{Consent, Visitor};
use super::context::{Context, Head, Instance};
use super::erasure::Erasures;
use super::group::Group;
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
use crate::store::{Class, HEAD, Key, Saved, Write};
use crate::{Entropy, Id, Now};

/// What the store kept, read as far as it can be read.
#[derive(Default)]
struct Restored {
    identities: Option<Identities>,
    head: Option<Head>,
    ledger: Option<Ledger>,
    sender: Option<Sender>,
    tries: BTreeMap<u64, Tries>,
    events: Vec<(u64, Vec<u8>)>,
    batches: Vec<Sealed>,
    erasures: Erasures,
    /// Entries that can't be read, to be removed.
    damaged: Vec<Key>,
    used: bool,
}

impl Engine {
    /// Starts a new instance on what an earlier one left. `bits` must be unpredictable: ids are drawn from it.
    #[must_use]
    pub fn start(
        config: Config,
        saved: Saved,
        now: Now,
        mut bits: Box<dyn Entropy + Send>,
    ) -> Self {
        let config = config.bounded();
        let restored = Restored::read(saved, now, config.credentials_tag);
        let stored = restored.identities;
        let chosen = stored.as_ref().and_then(|stored| stored.chosen);
        let choice = Consent::at_start(config.consent, chosen);
        let (own, others): (Vec<_>, Vec<_>) = stored
            .map(|stored| stored.known)
            .unwrap_or_default()
            .into_iter()
            .partition(|identity| identity.affiliate == config.affiliate);
        let own = own.into_iter().next();
        let anon = own.as_ref().and_then(|own| own.anon);
        let mut visitor = Visitor::new(choice, config.gpc, config.children, anon, &mut *bits);
        visitor.chosen = chosen;
        let is_known = own.is_some();
        let session = own.map_or_else(|| Session::first(now, &mut *bits), |own| own.session);
        let inst = Id::random(&mut *bits);
        let (captured, orphans) = (
            restored.events.len() as u64,
            restored.events.last().map(|(number, _)| *number),
        );
        let left_over = LeftOver::new(restored.ledger, restored.head, restored.events);
        let before = left_over.as_ref().map(|left_over| &left_over.ledger);
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
                page: config.page.clone().unwrap_or_default(),
                device: config.device.clone(),
                session: Some((session.id, session.number)),
                experiments: config.experiments.clone(),
                dimensions: config.dimensions.clone(),
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
            config,
            bits,
        };
        for key in restored.damaged {
            engine.outbox.push(|| Write::Delete { key });
        }
        engine.adopt(restored.batches, restored.tries);
        match (left_over, orphans) {
            (Some(left_over), _) => engine.seal_left_over(left_over, now),
            (None, Some(upto)) => engine.drop_orphans(captured, upto),
            (None, None) => {}
        }
        engine.account_for_missing();
        engine.begin(now);
        engine
    }

    /// Brings back sealed batches with what sending them has come to.
    fn adopt(&mut self, mut batches: Vec<Sealed>, mut tries: BTreeMap<u64, Tries>) {
        batches.sort_by_key(|batch| (batch.order, batch.table.last()));
        for mut batch in batches {
            self.ledger.batches = self.ledger.batches.max(batch.number);
            batch.tries = tries.remove(&batch.number).unwrap_or_default();
            self.queue.push(batch);
        }
        for number in tries.into_keys() {
            self.outbox.push(|| Write::Delete {
                key: tries_key(number),
            });
        }
    }

    /// Seals the events of the instance before under what stood when it captured them. Where that can't be read, they are
    /// lost and told as such.
    fn seal_left_over(&mut self, left_over: LeftOver, now: Now) {
        let LeftOver {
            ledger: before,
            head,
            events,
        } = left_over;
        let Some(last) = events.last().map(|(n, _)| *n) else {
            self.report(&before, []);
            return;
        };
        let through = Key::new(Class::Event, before.base + last);
        if let Some(head) = head {
            let mut group = Group::open(Arc::clone(&head.context), Some(head.grant), now.mono);
            for (n, bytes) in events {
                group.push_encoded(n, &bytes);
            }
            let mut batch = head.instance.batch(&group.context, head.grant);
            batch.loss = before.on_wire();
            self.ledger.batches += 1;
            let (number, aged) = (self.ledger.batches, now.wall.since(head.opened));
            let sealed = Sealed::seal(batch, &group.events, group.table, number, aged, now);
            let key = Key::new(Class::Batch, sealed.number);
            self.outbox.push(|| Write::Put {
                key,
                value: sealed.encode(),
            });
            self.queue.push(sealed);
        } else {
            let numbers = events.iter().map(|(n, _)| *n);
            let lost = LostRange::group(LossReason::StorageFailed, numbers);
            self.report(&before, lost);
        }
        self.outbox.push(|| Write::DeleteThrough {
            class: through.class,
            upto: through.number,
        });
    }

    /// Keeps what an instance did not tell any more, and what was found lost since, to be told by this one.
    fn report(&mut self, before: &Ledger, found: impl IntoIterator<Item = LostRange>) {
        for range in before.untold.iter().copied().chain(found) {
            self.ledger.report(before.inst, range);
        }
    }

    /// Events of which nothing says who captured them can't be sent under any key.
    fn drop_orphans(&mut self, captured: u64, upto: u64) {
        self.ledger.life.captured_before += captured;
        self.outbox.push(|| Write::DeleteThrough {
            class: Class::Event,
            upto,
        });
    }

    /// Entries that the store did not give back are losses too: captured = delivered + queued + lost, at any moment.
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

/// What an instance had captured and not sealed, and its own counts.
struct LeftOver {
    ledger: Ledger,
    head: Option<Head>,
    /// Numbers and encoded events, ascending.
    events: Vec<(u64, Vec<u8>)>,
}

impl LeftOver {
    /// `None` at a first start, and where neither ledger nor head can be read.
    fn new(
        ledger: Option<Ledger>,
        head: Option<Head>,
        events: Vec<(u64, Vec<u8>)>,
    ) -> Option<Self> {
        let of_head = |head: &Head| {
            let mut ledger = Ledger::first(head.instance.id);
            ledger.previous = head.instance.previous;
            ledger.base = head.base;
            ledger
        };
        let mut ledger = ledger.or_else(|| head.as_ref().map(of_head))?;
        // A head is written with the first event under it and not removed with the last: it may be an older one's.
        let head = head.filter(|head| head.instance.id == ledger.inst && head.base == ledger.base);
        let numbered =
            |(number, bytes): (u64, Vec<u8>)| Some((number.checked_sub(ledger.base)?, bytes));
        let events: Vec<_> = events
            .into_iter()
            .filter_map(numbered)
            .filter(|(n, _)| *n > 0)
            .collect();
        ledger.captured = ledger.captured.max(events.last().map_or(0, |(n, _)| *n));
        Some(Self {
            ledger,
            head,
            events,
        })
    }
}

impl Restored {
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
    fn take(&mut self, key: Key, value: Vec<u8>, now: Now, credentials: u64) -> Option<()> {
        match (key.class, key) {
            (_, IDENTITY) => self.identities = Some(Identities::decode(&value)?),
            (_, HEAD) => self.head = Some(Head::decode(&value)?),
            (_, LEDGER) => self.ledger = Some(Ledger::decode(&value)?),
            (_, SENDING) => self.sender = Some(Sender::decode(&value, now, credentials)?),
            (Class::State, _) => {
                let tries = Tries::decode(&value, now, SET_ASIDE_PAUSE)?;
                self.tries.insert(batch_of_tries(key.number)?, tries);
            }
            (Class::Event, _) => self.events.push((key.number, value)),
            (Class::Batch, _) => self.batches.push(Sealed::decode(key.number, &value, now)?),
            (Class::Erasure, _) => self.erasures.restore(key.number, value),
        }
        Some(())
    }
}
