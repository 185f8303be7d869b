//! A sealed batch: compressed bytes that stay as they are, and what the engine must know about them.

use super::context::{Open, put_id, take_id};
use super::gzip::compress;
use super::loss::LossReason;
use super::table::Table;
use crate::codec::{Decoder, Encoder};
use crate::wire::Encoded;
use crate::{Id, MonoMillis, Now, UnixMillis};

#[derive(Debug, Clone)]
pub(super) struct Sealed {
    /// Its number in the store, and its `bn`.
    pub(super) number: u64,
    /// The number of the batch it was first sealed as: the queue is in this order, halves after a split included.
    pub(super) order: u64,
    pub(super) inst: Id,
    /// The visitor it names.
    pub(super) anon: Option<Id>,
    pub(super) table: Table,
    pub(super) body: Vec<u8>,
    /// Bytes of the raw batch before its first event.
    pub(super) head_len: usize,
    pub(super) raw_len: usize,
    /// When its first event was captured, in wall time, because it outlives the process.
    pub(super) opened: UnixMillis,
    /// Age in ms when it entered this process's queue, and when that was.
    pub(super) aged_ms: u64,
    pub(super) entered: MonoMillis,
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
    /// `aged_ms` ago.
    #[inline(never)]
    pub(super) fn seal<'a>(
        mut batch: Open<'a>,
        events: &'a [u8],
        table: Table,
        number: u64,
        aged_ms: u64,
        now: Now,
    ) -> Self {
        batch.events.push(Encoded(events));
        batch.batch_number = number;
        let (inst, anon) = (batch.inst, batch.user.anon);
        let raw = batch.encode();
        let head_len = raw.len() - TAIL.len() - events.len();
        debug_assert!(raw.ends_with(TAIL), "a batch ends with its events");
        Self {
            number,
            order: number,
            inst,
            anon,
            table,
            body: compress(&raw),
            head_len,
            raw_len: raw.len(),
            opened: now.wall.minus_ms(aged_ms),
            aged_ms,
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

    pub(super) fn age_ms(&self, now: Now) -> u64 {
        self.aged_ms.saturating_add(now.mono.ms_since(self.entered))
    }

    /// Why it is lost when it has to leave the queue for `reason`.
    pub(super) fn loss(&self, reason: LossReason) -> LossReason {
        if self.tries.unanswered {
            LossReason::Unconfirmed
        } else {
            reason
        }
    }

    /// The value under which it is stored.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut to = Encoder::new();
        to.u8(VERSION)
            .u64(self.order)
            .bytes(self.inst.as_bytes())
            .i64(self.opened.as_i64())
            .option(self.anon, put_id);
        to.u64(self.head_len as u64)
            .u64(self.raw_len as u64)
            .bytes(self.table.as_bytes())
            .bytes(&self.body);
        to.into_bytes()
    }

    #[inline(never)]
    pub(super) fn decode(number: u64, bytes: &[u8], now: Now) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        (from.u8()? == VERSION).then_some(())?;
        let order = from.u64()?;
        let inst = Id::of_bytes(from.bytes()?).ok()?;
        let opened = UnixMillis::from_i64(from.i64()?);
        let anon = from.option(take_id)?;
        Some(Self {
            number,
            order,
            inst,
            anon,
            head_len: from.u64()?.try_into().ok()?,
            raw_len: from.u64()?.try_into().ok()?,
            table: Table::of_bytes(from.bytes()?)?,
            body: from.bytes()?.to_vec(),
            opened,
            aged_ms: now.wall.ms_since(opened),
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
            to.i64(now.wall.plus_ms(until.ms_since(now.mono)).as_i64());
        });
        to.into_bytes()
    }

    pub(super) fn decode(bytes: &[u8], now: Now, longest_ms: u64) -> Option<Self> {
        let mut from = Decoder::new(bytes);
        Some(Self {
            attempts: from.u32()?,
            server_errors: from.u32()?,
            delivered_at_last_error: 0,
            errors_in_a_row: 0,
            unanswered: from.u8()? == 1,
            aside_until: from.option(Decoder::i64)?.map(|until| {
                let left_ms = UnixMillis::from_i64(until).ms_since(now.wall);
                now.mono.plus_ms(left_ms.min(longest_ms))
            }),
        })
    }
}

/// How every batch ends.
pub(super) const TAIL: &[u8] = b"]}";
const VERSION: u8 = 1;
