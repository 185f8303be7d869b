//! Raw files to rows on the local disk: decoded, dealt out to buckets, their keys noted. Memory is a block, whatever the input.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use bytes::Bytes;

use super::copies::{Copies, Verdict};
use super::index::LocalTable;
use super::scratch::{BUCKETS, Spill, column, deal};
use crate::decode::{Decoder, Forgotten, Lines, Salts, instances_schema};
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
        let mut lines = Lines::new(from, FILE_BYTES_MAX).map_err(bad)?;
        while let Some(chunk) = lines.next_chunk().map_err(bad)? {
            let mut rest = chunk;
            while !rest.is_empty() {
                rest = self.decoder.push_some(rest, DECODE_TEXT_BYTES);
                if self.decoder.rows() >= DECODE_ROWS
                    || self.decoder.text_bytes() >= DECODE_TEXT_BYTES
                {
                    self.take()?;
                }
            }
        }
        self.take()?;
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

/// Rows decoded at once. Larger batches cost memory, smaller ones cost 16 small copies each.
const DECODE_ROWS: u64 = 16 << 10;

/// Bytes of text decoded at once; several times what as many rows hold otherwise.
const DECODE_TEXT_BYTES: usize = 32 << 20;

/// No delivery holds more: Firehose buffers at most 128 MB.
const FILE_BYTES_MAX: u64 = 4 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    /// A batch whose context is `bytes` long, and is repeated by each of its 400 events.
    fn line(number: usize, bytes: usize) -> String {
        let pairs: Vec<String> = (0..bytes / 256)
            .map(|pair| format!(r#""{pair:0128}":"{pair:0128}""#))
            .collect();
        let events: Vec<String> = (1..=400)
            .map(|n| format!(r#"{{"k":"page","n":{n},"dt":0}}"#))
            .collect();
        format!(
            r#"{{"rcv":1795168800000,"aff":"shop","gpc":0,"key":"web","w":1795168800000,"s":0,"att":1,"b":{{"v":"1-0-0","inst":"inst000000000001","bn":{number},"sdk":"web/1.0.0","t0":1795168800000,"src":{{"aff":"shop"}},"con":{{"mode":"full","gpc":0,"coppa":0}},"exp":{{{}}},"ev":[{}]}}}}"#,
            pairs.join(","),
            events.join(",")
        ) + "\n"
    }

    #[test]
    fn rows_far_larger_than_their_lines_are_taken_in_small_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let salts = Salts::new(b"a secret of thirty-two bytes ...").unwrap();
        let mut ingest = Ingest::new(salts, &Snapshot::default(), i64::MAX, folder.path()).unwrap();
        let text: String = (0..48).map(|number| line(number, 8 << 10)).collect();
        ingest.file("a", text.as_bytes()).unwrap();
        assert_eq!(ingest.files[0].read, 48 * 400);
        let schema = crate::decode::schema();
        let (mut rows, mut windows) = (0, 0);
        for spill in ingest.events {
            let mut spill = spill.windows(&schema, usize::MAX).unwrap();
            while let Some((window, _)) = spill.next_window().unwrap() {
                let text = column(&window, "experiments").unwrap().as_string::<i32>();
                assert!(text.values().len() < 3 * DECODE_TEXT_BYTES);
                rows += window.num_rows();
                windows += 1;
            }
        }
        assert_eq!(rows, 48 * 400);
        assert!(windows > 1);
    }
}
