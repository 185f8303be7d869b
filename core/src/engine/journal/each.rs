//! Every event is stored when it is captured, and what an instance had not sealed is sealed by the next.

use super::head::Head;
use crate::Now;
use crate::engine::Engine;
use crate::engine::group::Group;
use crate::engine::ledger::Ledger;
use crate::engine::loss::{LossReason, LostRange};
use crate::engine::outbox::Outbox;
use crate::engine::sealed::Sealed;
use crate::engine::table::Slot;
use crate::store::{Class, HEAD, Key, Write};

/// Stores an event of the open batch.
pub(in crate::engine) fn keep(outbox: &mut Outbox, key: Key, event: &[u8]) {
    if outbox.is_live() {
        outbox.put(key, event.to_vec());
    }
}

/// Removes the events up to this one: their batch is stored.
pub(in crate::engine) fn drop_through(outbox: &mut Outbox, last: Key) {
    outbox.push(Write::DeleteThrough {
        class: last.class,
        upto: last.number,
    });
}

/// Stored events that are in no sealed batch, and what stands once for them.
#[derive(Default)]
pub(in crate::engine) struct Unsealed {
    head: Option<Head>,
    /// Store numbers and encoded events, ascending.
    events: Vec<(u64, Vec<u8>)>,
}

impl Unsealed {
    /// `None` when the entry can't be read.
    pub(in crate::engine) fn take(&mut self, key: Key, value: Vec<u8>) -> Option<()> {
        if key == HEAD {
            self.head = Some(Head::decode(&value)?);
        } else {
            self.events.push((key.number, value));
        }
        Some(())
    }

    /// Ties the events to the instance that captured them: the one of the stored ledger, or else of the head.
    pub(in crate::engine) fn left_by(self, ledger: Option<Ledger>) -> LeftOver {
        let of_head = |head: &Head| {
            let mut ledger = Ledger::first(head.instance.id);
            ledger.previous = head.instance.previous;
            ledger.base = head.base;
            ledger
        };
        let Self { head, events } = self;
        let Some(mut ledger) = ledger.or_else(|| head.as_ref().map(of_head)) else {
            return LeftOver {
                ledger: None,
                head: None,
                events,
            };
        };
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
        LeftOver {
            ledger: Some(ledger),
            head,
            events,
        }
    }
}

/// What the instance before left: its counts, and what it had captured and not sealed.
pub(in crate::engine) struct LeftOver {
    /// `None` at a first start, and where neither ledger nor head can be read.
    pub(in crate::engine) ledger: Option<Ledger>,
    head: Option<Head>,
    /// Encoded events, ascending by their own number; by that of the store where there is no ledger.
    events: Vec<(u64, Vec<u8>)>,
}

impl Group {
    /// Appends an event that was encoded by an earlier process.
    fn push_encoded(&mut self, n: u64, bytes: &[u8]) {
        if !self.events.is_empty() {
            self.events.push(b',');
        }
        self.events.extend_from_slice(bytes);
        self.table.push(Slot {
            n,
            len: bytes.len(),
        });
    }

    /// Each event's number and bytes.
    fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut at = 0;
        self.table.iter().map(move |slot| {
            let bytes = &self.events[at..at + slot.len];
            at += slot.len + 1;
            (slot.n, bytes)
        })
    }
}

impl Engine {
    /// Stores what stands once for the events of a batch that opens.
    pub(in crate::engine) fn journal_open(&mut self, open: &Group, now: Now) {
        if let Some(head) = self.head(open, now) {
            self.outbox.put(HEAD, head);
        }
    }

    /// `None` while consent is pending.
    fn head(&self, open: &Group, now: Now) -> Option<Vec<u8>> {
        let opened = now.wall.minus_ms(open.age_ms(now));
        Some(Head::encode(
            &self.instance,
            self.ledger.base,
            opened,
            &open.context,
            open.grant?,
        ))
    }

    /// The open batch's part of a whole copy.
    pub(in crate::engine) fn copy_open(&self, now: Now, copy: &mut Vec<Write>) {
        let Some(open) = &self.queue.open else { return };
        let Some(value) = self.head(open, now) else {
            return;
        };
        copy.push(Write::Put { key: HEAD, value });
        copy.extend(open.iter().map(|(n, bytes)| Write::Put {
            key: self.event_key(n),
            value: bytes.to_vec(),
        }));
    }

    /// Seals the events of the instance before under what stood when it captured them. Where that can't be read, they are
    /// lost and told as such.
    pub(in crate::engine) fn take_over(&mut self, left_over: LeftOver, now: Now) {
        let LeftOver {
            ledger,
            head,
            events,
        } = left_over;
        let last = events.last().map(|(n, _)| *n);
        match (ledger, last) {
            (Some(before), Some(last)) => {
                self.seal_left_over(&before, head, events, now);
                let through = Key::new(Class::Event, before.base + last);
                drop_through(&mut self.outbox, through);
            }
            (Some(before), None) => self.report(&before, &[]),
            // Events of which nothing says who captured them can't be sent under any key.
            (None, Some(last)) => {
                self.ledger.life.captured_before += events.len() as u64;
                drop_through(&mut self.outbox, Key::new(Class::Event, last));
            }
            (None, None) => {}
        }
    }

    fn seal_left_over(
        &mut self,
        before: &Ledger,
        head: Option<Head>,
        events: Vec<(u64, Vec<u8>)>,
        now: Now,
    ) {
        let Some(head) = head else {
            let numbers: Vec<u64> = events.iter().map(|(n, _)| *n).collect();
            let lost = LostRange::group(LossReason::StorageFailed, &numbers);
            return self.report(before, &lost);
        };
        let mut group = Group::open(head.context, Some(head.grant), now.mono);
        for (n, bytes) in events {
            group.push_encoded(n, &bytes);
        }
        let mut batch = head.instance.batch(&group.context, head.grant);
        batch.loss = before.on_wire();
        self.ledger.batches += 1;
        let (number, aged_ms) = (self.ledger.batches, now.wall.ms_since(head.opened));
        let sealed = Sealed::seal(batch, &group.events, group.table, number, aged_ms, now);
        let key = Key::new(Class::Batch, sealed.number);
        self.outbox.put(key, sealed.encode());
        self.queue.push(sealed);
    }
}
