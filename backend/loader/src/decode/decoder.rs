//! Lines in, tables out: each event ends as a row of events or as a row of rejects.

use arrow::error::ArrowError;
use eyeline_core::wire::{BadLine, Batch, Event, ForgetLine, Line, Sent, Why, Wire, check_attempt};
use eyeline_core::{Id, limits};
use serde_json::value::RawValue;

use super::bots::Bots;
use super::context::{Context, Stamp};
use super::events::EventColumns;
use super::output::{Counts, Decoded, Forgotten};
use super::salts::{Quarter, Salts, VisitorKeys};
use super::side::{InstanceColumns, LossColumns, Origin, RejectColumns};

/// Turns raw lines into tables. Push any number of lines, then [`finish`](Self::finish); its caches live on.
///
/// ```
/// use eyeline_loader::decode::{Decoder, Salts};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut decoder = Decoder::new(Salts::new(b"a secret of thirty-two bytes ...")?);
/// let line = br#"{"rcv":1574553640000,"aff":"zozo-men","gpc":0,"key":"web","w":1574553639900,"s":5900,"att":1,"b":
/// {"v":"1-0-0","inst":"9kPz3vK2QmWc8RtY","bn":1,"sdk":"web/1.0.0","t0":1574553634000,"src":{"aff":"zozo-men"},
/// "con":{"mode":"full","gpc":0,"coppa":0},"ev":[{"k":"page","n":1,"dt":5}]}}"#;
/// let line: Vec<u8> = line.iter().copied().filter(|byte| *byte != b'\n').collect();
/// let tables = decoder.decode(&line)?;
/// assert_eq!(tables.events.num_rows(), 1);
/// assert_eq!(tables.counts.read, tables.counts.written + tables.counts.rejected);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Decoder {
    salts: Salts,
    keys: VisitorKeys,
    bots: Bots,
    tables: Tables,
}

#[derive(Default)]
struct Tables {
    events: EventColumns,
    instances: InstanceColumns,
    losses: LossColumns,
    rejects: RejectColumns,
    forgotten: Vec<Forgotten>,
    counts: Counts,
    text_bytes: usize,
    scratch: Vec<u8>,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    /// A decoder that derives visitor keys from these salts.
    #[must_use]
    pub fn new(salts: Salts) -> Self {
        let keys = salts.of(Quarter::of(eyeline_core::UnixMillis::default()));
        Self {
            salts,
            keys,
            bots: Bots::default(),
            tables: Tables::default(),
        }
    }

    /// Decodes some whole lines into tables.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn decode(&mut self, lines: &[u8]) -> Result<Decoded, ArrowError> {
        self.push(lines);
        self.finish()
    }

    /// Decodes some whole lines, separated by `\n`, and keeps the rows. Blank lines are nothing.
    pub fn push(&mut self, lines: &[u8]) {
        let mut rest = lines;
        while !rest.is_empty() {
            rest = self.push_some(rest, usize::MAX);
        }
    }

    /// As [`push`](Self::push), but stops after the line with which the waiting rows hold `text_bytes` of text; returns the lines
    /// still to be pushed. Every event repeats the context of its batch, so rows can be many times larger than the lines.
    pub fn push_some<'l>(&mut self, lines: &'l [u8], text_bytes: usize) -> &'l [u8] {
        let mut rest = lines;
        while !rest.is_empty() && self.tables.text_bytes < text_bytes {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if !line.trim_ascii().is_empty() {
                self.tables.counts.lines += 1;
                self.tables.text_bytes += line.len();
                self.line(line);
            }
        }
        rest
    }

    /// Bytes of text in the rows that wait for [`finish`](Self::finish), about. A text column holds at most 2 GiB: finish long before.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.tables.text_bytes
    }

    /// Event and reject rows that wait for [`finish`](Self::finish).
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.counts.written + self.tables.counts.rejected
    }

    /// What was counted since the last [`finish`](Self::finish).
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.tables.counts
    }

    /// The tables of everything pushed so far; the decoder starts over with empty ones.
    ///
    /// # Errors
    /// [`ArrowError`] if a column does not fit its schema, which is a defect of this crate.
    pub fn finish(&mut self) -> Result<Decoded, ArrowError> {
        let tables = &mut self.tables;
        tables.text_bytes = 0;
        Ok(Decoded {
            events: tables.events.finish()?,
            instances: tables.instances.finish()?,
            losses: tables.losses.finish()?,
            rejects: tables.rejects.finish()?,
            forgotten: std::mem::take(&mut tables.forgotten),
            counts: std::mem::take(&mut tables.counts),
        })
    }

    fn line(&mut self, line: &[u8]) {
        // Nearly every line is good throughout: read it in one go, and look for the bad event only where that fails.
        match Line::<Batch<'_>>::decode(line) {
            Ok(Line::Batch(good)) => {
                let (batch, stamp) = good.replace_batch(());
                self.batch(&stamp, &batch, Tables::event);
            }
            Ok(Line::Bad(bad)) => self.tables.bad(&bad),
            Ok(Line::Forget(request)) => self.tables.forget(&request),
            Err(_) => match Line::<&RawValue>::decode(line) {
                Ok(Line::Batch(doubtful)) => {
                    let (batch, stamp) = doubtful.replace_batch(());
                    match Batch::open(batch.get().as_bytes()) {
                        Ok(envelope) => self.batch(&stamp, &envelope, Tables::raw_event),
                        Err(fault) => self.tables.unreadable(
                            origin(&stamp, None),
                            fault.why,
                            batch.get().as_bytes(),
                        ),
                    }
                }
                Ok(Line::Bad(bad)) => self.tables.bad(&bad),
                Ok(Line::Forget(request)) => self.tables.forget(&request),
                Err(fault) => self.tables.unreadable(Origin::default(), fault.why, line),
            },
        }
    }

    /// Fills the tables from a batch, with `each` for its events; `each` returns whether it wrote an event row.
    fn batch<'a, E: Wire<'a>>(
        &mut self,
        stamp: &Stamp<'_>,
        batch: &Batch<'a, E>,
        each: impl Fn(&mut Tables, &Context<'_, E>, &E) -> bool,
    ) {
        let tables = &mut self.tables;
        let from = origin(stamp, Some(batch.inst));
        // Counted where they are seen, not where they end: rows are checked against this.
        if !beyond(batch) {
            tables.counts.read += batch.events.len() as u64;
        }
        if let Err(why) = check(stamp, batch) {
            return tables.refuse(batch, from, why);
        }
        let quarter = Quarter::of(stamp.received);
        if self.keys.quarter() != quarter {
            self.keys = self.salts.of(quarter);
        }
        let bot = stamp
            .user_agent
            .as_deref()
            .and_then(|agent| self.bots.name(agent));
        let context = Context::new(stamp, batch, bot, |affiliate, id| {
            self.keys.key(affiliate, id)
        });
        let repeated = context.text_bytes().saturating_mul(batch.events.len());
        if repeated > BATCH_TEXT_BYTES_MAX {
            return tables.refuse(batch, from, Why::TooLarge);
        }
        tables.text_bytes += repeated;
        let written = batch
            .events
            .iter()
            .filter(|event| each(tables, &context, event))
            .count();
        tables.counts.written += written as u64;
        tables
            .events
            .context(&context, written, &mut tables.scratch);
        tables.instances.batch(&context, &mut tables.scratch);
    }
}

impl Tables {
    /// Refuses every event of a batch.
    fn refuse<'a, E: Wire<'a>>(&mut self, batch: &Batch<'a, E>, from: Origin<'_>, why: Why) {
        let mut raw = Vec::new();
        // Beyond the limit not every event was read, so the batch is refused as one.
        if beyond(batch) {
            batch.write(&mut raw);
            return self.unreadable(from, why, &raw);
        }
        for event in &batch.events {
            raw.clear();
            event.write(&mut raw);
            self.reject(from, number(&raw), why, &raw);
        }
    }

    /// An event as sent.
    fn raw_event(&mut self, context: &Context<'_, Sent<'_>>, sent: &Sent<'_>) -> bool {
        let bytes = sent.raw().as_bytes();
        let event = Event::decode(bytes).map_err(|fault| fault.why);
        match event.and_then(|event| event.check().map(|()| event)) {
            Ok(event) => {
                self.write(context, &event);
                true
            }
            Err(why) => {
                self.reject(context.origin(), number(bytes), why, bytes);
                false
            }
        }
    }

    /// An event already read.
    fn event(&mut self, context: &Context<'_, Event<'_>>, event: &Event<'_>) -> bool {
        if let Err(why) = event.check() {
            let mut raw = Vec::new();
            event.encode(&mut raw);
            self.reject(context.origin(), Some(event.n), why, &raw);
            return false;
        }
        self.write(context, event);
        true
    }

    fn write<E>(&mut self, context: &Context<'_, E>, event: &Event<'_>) {
        self.events.event(context, event);
        self.losses.event(context, event);
    }

    /// A line or a batch of which no event could be read counts as one.
    fn unreadable(&mut self, from: Origin<'_>, why: Why, raw: &[u8]) {
        self.counts.read += 1;
        self.reject(from, None, why, raw);
    }

    fn bad(&mut self, line: &BadLine<'_>) {
        self.counts.read += line.bad.len() as u64;
        for event in &line.bad {
            let from = Origin {
                received_ms: Some(line.received.as_i64()),
                write_key: Some(&line.key),
                inst: event.inst,
            };
            self.reject(from, event.n, event.why, event.raw.as_bytes());
        }
    }

    fn forget(&mut self, line: &ForgetLine<'_>) {
        self.counts.forgotten += 1;
        let affiliate = line.forget.affiliate.to_string();
        self.forgotten.push(Forgotten {
            received: line.received,
            affiliate,
            anon: line.forget.anon,
        });
    }

    fn reject(&mut self, from: Origin<'_>, seq: Option<u64>, why: Why, raw: &[u8]) {
        self.counts.rejected += 1;
        self.rejects.reject(from, seq, why, raw);
    }
}

fn origin<'a>(stamp: &'a Stamp<'_>, inst: Option<Id>) -> Origin<'a> {
    Origin {
        received_ms: Some(stamp.received.as_i64()),
        write_key: Some(&stamp.key),
        inst,
    }
}

fn beyond<E>(batch: &Batch<'_, E>) -> bool {
    batch.events.is_empty() || batch.events.len() > limits::BATCH_EVENTS_MAX
}

fn check<E>(stamp: &Stamp<'_>, batch: &Batch<'_, E>) -> Result<(), Why> {
    check_attempt(Some(stamp.received), None)?;
    check_attempt(stamp.wall, stamp.since_start)?;
    batch.check()
}

/// The number of an event that is otherwise unreadable.
fn number(event: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        n: u64,
    }
    serde_json::from_slice(event).ok().map(|Numbered { n }| n)
}

/// Text that the rows of one batch may repeat from its context, 500 times over: twice what a batch can say that keeps within every
/// other limit, and small beside the 2 GiB of a text column. One that says more is refused, and the others go on.
const BATCH_TEXT_BYTES_MAX: usize = 64 << 20;

#[cfg(test)]
#[path = "decoder_test.rs"]
mod tests;
