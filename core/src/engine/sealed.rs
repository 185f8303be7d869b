//! A sealed batch: compressed bytes that are never rewritten, and what the engine must know about them.

use std::time::Duration;

use super::gzip::{compress, decompress};
use super::loss::LossReason;
use super::table::{Slot, Table};
use crate::codec::{Decoder, Encoder};
use crate::wire::{Batch, Encoded};
use crate::{Id, MonoMillis, Now, UnixMillis};

#[derive(Debug, Clone)]
pub(super) struct Sealed {
    /// Its number in the store, and its `bn`.
    pub(super) number: u64,
    /// The number of the batch it was first sealed as: the queue is in this order, halves after a split included.
    pub(super) order: u64,
    pub(super) inst: Id,
    pub(super) table: Table,
    pub(super) body: Vec<u8>,
    /// Bytes of the raw batch before its first event.
    head_len: usize,
    pub(super) raw_len: usize,
    /// When its first event was captured, in wall time, because it outlives the process.
    opened: UnixMillis,
    /// Age when it entered this process's queue, and when that was.
    aged: Duration,
    entered: MonoMillis,
    pub(super) tries: Tries,
}

/// What sending it has come to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tries {
    pub(super) attempts: u32,
    /// How many 5xx it got that tell against it: since the one before, others were delivered. An outage adds one at most.
    pub(super) server_errors: u32,
    /// How many batches this process had delivered when it got the last 5xx.
    pub(super) delivered_at_last_error: u64,
    /// How many 5xx it got since the last delivery of another.
    pub(super) errors_in_a_row: u32,
    /// An attempt got no answer: it may have arrived.
    pub(super) unanswered: bool,
    /// Set aside: when to try again.
    pub(super) aside_until: Option<MonoMillis>,
}

impl Sealed {
    /// Seals `batch` around `events`: encoded events with commas between, described by `table`, the first of them captured
    /// `aged` ago.
    pub(super) fn seal(
        batch: Batch<'_>,
        events: &[u8],
        table: Table,
        number: u64,
        aged: Duration,
        now: Now,
    ) -> Self {
        let mut batch = batch.with_events(vec![Encoded(events)]);
        batch.batch_number = number;
        let inst = batch.inst;
        let raw = batch.encode();
        let head_len = raw.len() - TAIL.len() - events.len();
        debug_assert!(raw.ends_with(TAIL), "a batch ends with its events");
        Self {
            number,
            order: number,
            inst,
            table,
            body: compress(&raw),
            head_len,
            raw_len: raw.len(),
            opened: now.wall.minus(aged),
            aged,
            entered: now.mono,
            tries: Tries::default(),
        }
    }

    pub(super) fn events(&self) -> u64 {
        self.table.len() as u64
    }

    /// What it takes of the queue's bytes.
    pub(super) fn bytes(&self) -> usize {
        self.body.len() + self.table.as_bytes().len()
    }

    pub(super) fn age(&self, now: Now) -> Duration {
        self.aged.saturating_add(now.mono.since(self.entered))
    }

    /// Why it is lost when it has to leave the queue for `reason`.
    pub(super) fn loss(&self, reason: LossReason) -> LossReason {
        if self.tries.unanswered {
            LossReason::Unconfirmed
        } else {
            reason
        }
    }

    /// The two halves by bytes, under new numbers, with the same events and keys. `None` when the bytes are damaged.
    pub(super) fn split(&self, numbers: [u64; 2], now: Now) -> Option<[Self; 2]> {
        let raw = decompress(&self.body)?;
        let slots: Vec<Slot> = self.table.iter().collect();
        let total: usize = slots.iter().map(|slot| slot.len + 1).sum();
        let events = raw.get(self.head_len..(self.head_len + total).checked_sub(1)?)?;
        let mut cut = 0;
        let mut at = 0;
        while at < slots.len() - 1 && (at == 0 || cut + slots[at].len < total / 2) {
            cut += slots[at].len + 1;
            at += 1;
        }
        let (first, second) = (&events[..cut - 1], &events[cut..]);
        let [a, b] = numbers;
        Some([
            self.part(&raw, first, slots[..at].iter().copied().collect(), a, now)?,
            self.part(&raw, second, slots[at..].iter().copied().collect(), b, now)?,
        ])
    }

    fn part(&self, raw: &[u8], events: &[u8], table: Table, number: u64, now: Now) -> Option<Self> {
        let head = raw.get(..self.head_len)?;
        // The instance before it is base64url, so the first match is the key itself.
        let start = head
            .windows(BATCH_NUMBER.len())
            .position(|window| window == BATCH_NUMBER)?
            + BATCH_NUMBER.len();
        let digits = head[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let mut part = head[..start].to_vec();
        part.extend(number.to_string().into_bytes());
        part.extend(&head[start + digits..]);
        let head_len = part.len();
        part.extend(events);
        part.extend(TAIL);
        Some(Self {
            number,
            order: self.order,
            inst: self.inst,
            table,
            body: compress(&part),
            head_len,
            raw_len: part.len(),
            opened: self.opened,
            aged: self.age(now),
            entered: now.mono,
            tries: Tries {
                unanswered: self.tries.unanswered,
                ..Tries::default()
            },
        })
    }

    /// The value under which it is stored.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut to = Encoder::new();
        to.u8(VERSION)
            .u64(self.order)
            .bytes(self.inst.as_str().as_bytes())
            .i64(self.opened.as_i64());
        to.u64(self.head_len as u64)
            .u64(self.raw_len as u64)
            .bytes(self.table.as_bytes())
            .bytes(&self.body);
        to.into_bytes()
    }

    pub(super) fn decode(number: u64, bytes: &[u8], now: Now) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        (from.u8()? == VERSION).then_some(())?;
        let order = from.u64()?;
        let inst = Id::parse(from.str()?).ok()?;
        let opened = UnixMillis::from_i64(from.i64()?);
        Some(Self {
            number,
            order,
            inst,
            head_len: from.u64()?.try_into().ok()?,
            raw_len: from.u64()?.try_into().ok()?,
            table: Table::of_bytes(from.bytes()?)?,
            body: from.bytes()?.to_vec(),
            opened,
            aged: now.wall.since(opened),
            entered: now.mono,
            tries: Tries::default(),
        })
    }
}

impl Tries {
    /// Counts a 5xx, after so many deliveries of other batches.
    pub(super) fn count_server_error(&mut self, delivered: u64) {
        if self.server_errors == 0 || delivered > self.delivered_at_last_error {
            self.server_errors = self.server_errors.saturating_add(1);
        }
        self.errors_in_a_row = self.errors_since(delivered).saturating_add(1);
        self.delivered_at_last_error = delivered;
    }

    /// How many 5xx it got since the last delivery: this many batches go before it.
    pub(super) fn errors_since(&self, delivered: u64) -> u32 {
        if self.delivered_at_last_error == delivered {
            self.errors_in_a_row
        } else {
            0
        }
    }

    /// The value under which it is stored; the pause is stored in wall time, because it outlives the process.
    pub(super) fn encode(self, now: Now) -> Vec<u8> {
        let mut to = Encoder::new();
        to.u64(u64::from(self.attempts))
            .u64(u64::from(self.server_errors))
            .u8(u8::from(self.unanswered));
        to.option(self.aside_until, |to, until| {
            to.i64(now.wall.plus(until.since(now.mono)).as_i64());
        });
        to.into_bytes()
    }

    pub(super) fn decode(bytes: &[u8], now: Now, longest: Duration) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        Some(Self {
            attempts: from.u32()?,
            server_errors: from.u32()?,
            delivered_at_last_error: 0,
            errors_in_a_row: 0,
            unanswered: from.u8()? == 1,
            aside_until: from.option(Decoder::i64)?.map(|until| {
                let left = UnixMillis::from_i64(until).since(now.wall);
                now.mono.plus(left.min(longest))
            }),
        })
    }
}

/// How every batch ends.
const TAIL: &[u8] = b"]}";
const BATCH_NUMBER: &[u8] = b"\"bn\":";
const VERSION: u8 = 1;
