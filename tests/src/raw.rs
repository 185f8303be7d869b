//! What a collector wrote: its finished files, read with the loader's own decoder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use eyeline_loader::decode::{Counts, Decoder, Lines, Salts};

/// The events and rejects of some raw files, copies included.
#[derive(Debug, Default)]
pub struct Raw {
    /// How often each event (inst, n) stands there.
    pub events: BTreeMap<(String, i64), u64>,
    /// Refused events: inst, n and why, where they could be read.
    pub rejects: Vec<(Option<String>, Option<i64>, String)>,
    /// What the decoder counted.
    pub counts: Counts,
}

impl Raw {
    /// Reads every finished file below a folder.
    ///
    /// # Errors
    /// Where a file can't be read to its end.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut raw = Self::default();
        let mut decoder = Decoder::new(salts()?);
        for path in finished_files(folder)? {
            let mut lines = Lines::new(File::open(&path)?, u64::MAX)?;
            while let Some(chunk) = lines
                .next_chunk()
                .with_context(|| path.display().to_string())?
            {
                decoder.push(chunk);
            }
            let decoded = decoder.finish()?;
            raw.counts += decoded.counts;
            raw.add_events(&decoded.events)?;
            raw.add_rejects(&decoded.rejects)?;
        }
        Ok(raw)
    }

    fn add_events(&mut self, events: &RecordBatch) -> Result<()> {
        let inst = column(events, "inst")?.as_string::<i32>();
        let seq = column(events, "seq")?.as_primitive::<Int64Type>();
        for row in 0..events.num_rows() {
            let key = (inst.value(row).to_owned(), seq.value(row));
            *self.events.entry(key).or_default() += 1;
        }
        Ok(())
    }

    fn add_rejects(&mut self, rejects: &RecordBatch) -> Result<()> {
        let inst = column(rejects, "inst")?.as_string::<i32>();
        let seq = column(rejects, "seq")?.as_primitive::<Int64Type>();
        let why = column(rejects, "why")?.as_string::<i32>();
        for row in 0..rejects.num_rows() {
            self.rejects.push((
                inst.is_valid(row).then(|| inst.value(row).to_owned()),
                seq.is_valid(row).then(|| seq.value(row)),
                why.value(row).to_owned(),
            ));
        }
        Ok(())
    }
}

/// The visitor secret of all tests.
///
/// # Errors
/// Never: it is long enough.
pub fn salts() -> Result<Salts> {
    Ok(Salts::new(b"a visitor secret for tests alone")?)
}

/// Files a loader would find: those below a year's folder.
///
/// # Errors
/// Where a folder can't be read.
pub fn finished_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let hidden = path
                .file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            match path.is_dir() {
                _ if hidden => {}
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a dyn Array> {
    let column = batch.column_by_name(name);
    Ok(column
        .with_context(|| format!("no column {name}"))?
        .as_ref())
}
