//! Raw files to rows on the local disk: decoded, dealt out to buckets, their keys noted. Memory is a block, whatever the input.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use bytes::Bytes;

use super::copies::{Copies, Verdict};
use super::index::LocalTable;
use super::put_aside::raw_lines;
use super::scratch::{BUCKETS, Spill, column, deal};
use super::source::is_put_aside;
use crate::decode::{Decoder, Forgotten, Pieces, Salts, instances_schema};
use crate::error::{LoadError, Result};
use crate::lake::Snapshot;
use crate::maintain::erased_until;

/// What one raw file held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FileCounts {
    pub(crate) lines: u64,
    pub(crate) read: u64,
    pub(crate) rejected: u64,
    /// The number of its first event row; its rows run to the next file's first.
    pub(crate) first_row: u32,
}

/// The rows of one micro-batch, on their way.
pub(crate) struct Ingest {
    decoder: Decoder,
    gate: Gate,
    pub(crate) copies: Copies,
    pub(crate) events: Vec<Spill>,
    pub(crate) rejects: Spill,
    pub(crate) losses: Spill,
    pub(crate) reports: LocalTable,
    pub(crate) forgotten: Vec<Forgotten>,
    pub(crate) files: Vec<FileCounts>,
    /// When the first and the last was received of what is let in.
    pub(crate) received_ms: (i64, i64),
    /// Rows the decoder refused, by reason.
    pub(crate) reasons: BTreeMap<String, u64>,
}

/// What the lake refuses although it is well formed.
struct Gate {
    floor_ms: i64,
    seen_for_ms: i64,
    /// By visitor key, until when (ms) what happened is erased.
    erased: HashMap<i64, i64>,
}

impl Ingest {
    pub(crate) fn new(
        salts: Salts,
        snapshot: &Snapshot,
        seen_for_ms: i64,
        folder: &Path,
    ) -> Result<Self> {
        Ok(Self {
            decoder: Decoder::new(salts),
            gate: Gate {
                floor_ms: snapshot.floor_ms,
                seen_for_ms,
                erased: erased_until(&snapshot.tombstones),
            },
            copies: Copies::default(),
            events: (0..BUCKETS)
                .map(|bucket| Spill::new(folder, &format!("events-{bucket:02}")))
                .collect(),
            rejects: Spill::new(folder, "rejects"),
            losses: Spill::new(folder, "losses"),
            reports: LocalTable::create(folder, "reports", &instances_schema())?,
            forgotten: Vec::new(),
            files: Vec::new(),
            received_ms: (i64::MAX, i64::MIN),
            reasons: BTreeMap::new(),
        })
    }

    /// Reads one raw file to its end. After an error nothing of this micro-batch may be used.
    pub(crate) fn file(&mut self, path: &str, from: impl Read) -> Result<()> {
        let bad = |error: io::Error| LoadError::BadFile {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let first_row = self.copies.len();
        self.files.push(FileCounts {
            first_row,
            ..FileCounts::default()
        });
        let mut pieces = if is_put_aside(path) {
            Pieces::unpacking(from, raw_lines)
        } else {
            Pieces::new(from)
        }
        .map_err(bad)?;
        let mut more = true;
        while more {
            more = pieces.fill(&mut self.decoder).map_err(bad)?;
            self.take()?;
        }
        let counts = self.files.last().copied().unwrap_or_default();
        let rows = u64::from(self.copies.len() - first_row);
        if counts.read != rows + counts.rejected {
            return Err(LoadError::Count {
                path: path.to_owned(),
                read: counts.read,
                written: rows,
                duplicate: 0,
                rejected: counts.rejected,
            });
        }
        Ok(())
    }

    fn take(&mut self) -> Result<()> {
        let decoded = self.decoder.finish()?;
        // `read` was counted where events were seen; rows are what came of them.
        if let Some(file) = self.files.last_mut() {
            file.lines += decoded.counts.lines;
            file.read += decoded.counts.read;
            file.rejected += decoded.rejects.num_rows() as u64;
        }
        self.events(&decoded.events)?;
        for why in column(&decoded.rejects, "why")?
            .as_string::<i32>()
            .iter()
            .flatten()
        {
            *self.reasons.entry(why.to_owned()).or_default() += 1;
        }
        for request in &decoded.forgotten {
            self.note_received(request.received.as_i64());
        }
        self.forgotten.extend(decoded.forgotten);
        self.reports.write(&decoded.instances)?;
        for (batch, spill) in [
            (&decoded.rejects, &mut self.rejects),
            (&decoded.losses, &mut self.losses),
        ] {
            if batch.num_rows() > 0 {
                spill.write(batch, [])?;
            }
        }
        let reported = column(&decoded.instances, "inst")?.as_string::<i32>();
        reported
            .iter()
            .flatten()
            .for_each(|inst| self.copies.touch(inst));
        Ok(())
    }

    fn note_received(&mut self, at_ms: i64) {
        let (first, last) = self.received_ms;
        self.received_ms = (first.min(at_ms), last.max(at_ms));
    }

    fn events(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let inst = column(batch, "inst")?.as_string::<i32>();
        let seq = column(batch, "seq")?.as_primitive::<Int64Type>().values();
        let event_ms = column(batch, "event_ms")?
            .as_primitive::<Int64Type>()
            .values();
        let received_ms = column(batch, "received_ms")?
            .as_primitive::<Int64Type>()
            .values();
        let attempt = column(batch, "attempt")?
            .as_primitive::<Int32Type>()
            .values();
        let visitor = column(batch, "visitor_key")?.as_primitive::<Int64Type>();
        let first = self.copies.len();
        for row in 0..batch.num_rows() {
            let refused = self
                .gate
                .judge(event_ms[row], received_ms[row], visitor.value(row));
            if refused.is_none() {
                self.note_received(received_ms[row]);
            }
            self.copies.push(
                inst.value(row),
                seq[row].cast_unsigned(),
                received_ms[row],
                attempt[row].into(),
                refused,
            );
        }
        deal(batch, visitor, first, &mut self.events)
    }
}

impl Gate {
    /// Refuses what can't be told from a copy any more, and what belongs to somebody who was forgotten.
    fn judge(&self, event_ms: i64, received_ms: i64, visitor_key: i64) -> Option<Verdict> {
        if event_ms < self.floor_ms
            || received_ms < self.floor_ms
            || received_ms.saturating_sub(event_ms) > self.seen_for_ms
        {
            return Some(Verdict::TooOld);
        }
        let erased = self
            .erased
            .get(&visitor_key)
            .is_some_and(|until| event_ms <= *until);
        erased.then_some(Verdict::Erased)
    }
}

/// The bytes of one object as they arrive from an asynchronous reader.
pub(crate) struct Arriving {
    from: tokio::sync::mpsc::Receiver<io::Result<Bytes>>,
    now: Bytes,
}

impl Arriving {
    pub(crate) fn new(from: tokio::sync::mpsc::Receiver<io::Result<Bytes>>) -> Self {
        Self {
            from,
            now: Bytes::new(),
        }
    }
}

impl Read for Arriving {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            match self.from.blocking_recv() {
                Some(next) => self.now = next?,
                None => return Ok(0),
            }
        }
        let take = self.now.len().min(space.len());
        space[..take].copy_from_slice(&self.now.split_to(take));
        Ok(take)
    }
}
