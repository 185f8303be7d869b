//! The file journal: what the engine wants kept, kept across `kill -9`.
//!
//! A directory of append-only segments. Each [`Writes`] is one frame, appended in one write, so it is kept whole or
//! not at all; once [`Journal::write`] returns it is in the system's page cache and outlives the process. What power loss
//! would take is brought to disk by [`Chore`]s that run on another thread. `docs/on-disk.md` gives the bytes.
//!
//! This module needs neither Tokio nor reqwest: `eyeline = { default-features = false }` is the journal alone.

mod chore;
mod error;
mod frame;
mod host;
mod index;
mod lock;
mod segment;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eyeline_core::{Class, Key, Saved, Write, Writes};

use chore::Carried;
pub use chore::{Chore, Done};
pub use error::{OpenError, WriteError};
use index::Index;
use lock::DirectoryLock;
use segment::{Active, SEGMENT_BYTES};

/// A store of entries in one directory, owned by one process at a time.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    cap: u64,
    segment_bytes: u64,
    index: Index,
    /// Full segments and their sizes.
    closed: BTreeMap<u64, u64>,
    active: Option<Active>,
    next_number: u64,
    unsynced: Vec<Arc<File>>,
    active_is_dirty: bool,
    /// Files were created or removed since the directory was synced.
    names_changed: bool,
    /// What is left to write again of a segment that is to go.
    carrying: Option<Carried>,
    recovery: Recovery,
    buffer: Vec<u8>,
    _lock: DirectoryLock,
}

/// The whole records in a segment's bytes, oldest first, however damaged the rest: what fuzzing feeds.
#[doc(hidden)]
#[must_use]
pub fn read_segment(bytes: &[u8]) -> Vec<Writes> {
    segment::parse(bytes).map_or_else(|_| Vec::new(), |contents| contents.records)
}

/// What opening a journal found.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Whole records read.
    pub records: u64,
    /// Bytes that belonged to no whole record: a torn tail, or damage.
    pub skipped_bytes: u64,
}

impl Journal {
    /// Opens the journal in `directory`, created for its owner alone where missing, and returns what it holds, ascending
    /// by key. No byte is written before the first [`Journal::write`]. `cap_bytes` bounds the disk use: give at least
    /// twice what is ever alive, since dead entries are dropped a segment at a time.
    ///
    /// # Errors
    /// When another client holds the directory, a newer release wrote it, or the file system refuses. Damage is no
    /// error: whatever is whole is returned, and [`Journal::recovery`] says how much was not.
    pub fn open(directory: &Path, cap_bytes: u64) -> Result<(Self, Saved), OpenError> {
        Self::open_sized(directory, cap_bytes, SEGMENT_BYTES)
    }

    fn open_sized(
        directory: &Path,
        cap_bytes: u64,
        segment_bytes: u64,
    ) -> Result<(Self, Saved), OpenError> {
        host::create_private(directory).map_err(OpenError::io("create", directory))?;
        let lock = DirectoryLock::take(directory)?;
        let mut journal = Journal {
            directory: directory.to_path_buf(),
            cap: cap_bytes,
            segment_bytes,
            index: Index::default(),
            closed: BTreeMap::new(),
            active: None,
            next_number: 1,
            unsynced: Vec::new(),
            active_is_dirty: false,
            names_changed: false,
            carrying: None,
            recovery: Recovery::default(),
            buffer: Vec::new(),
            _lock: lock,
        };
        let saved = journal.recover()?;
        Ok((journal, saved))
    }

    /// Stores one record. On return it outlives the process; power loss can take it until the next [`Chore`] has run.
    ///
    /// # Errors
    /// When the cap or the disk is full, or the record too large: nothing of it is stored. A record that only deletes
    /// still takes effect for this process, so that space can be freed on a full disk; a wipe that brings no events takes
    /// the old ones off the disk all the same.
    pub fn write(&mut self, writes: &Writes) -> Result<(), WriteError> {
        if writes.ops.is_empty() {
            return Ok(());
        }
        if writes.ops.contains(&Write::Wipe) {
            return self.wipe(writes);
        }
        if writes.ops.iter().any(|op| matches!(op, Write::Put { .. })) {
            return self.store(writes, false, self.cap);
        }
        let result = self.store(writes, false, u64::MAX);
        if result.is_err() {
            self.index.apply(writes, self.next_number);
        }
        result
    }

    fn wipe(&mut self, writes: &Writes) -> Result<(), WriteError> {
        // A fresh copy of everything: until it is on disk the old one is better than none, so that one goes with a chore,
        // which syncs first. Until then both need room.
        if brings_events(writes) {
            return self.store(writes, true, self.cap.saturating_mul(2));
        }
        // A person's choice, which needs no space: where there is none, what has to go anyway makes some.
        let mut result = self.store(writes, true, u64::MAX);
        if result.is_err() {
            self.close_active();
            self.index = Index::default();
            self.remove_closed();
            result = self.store(writes, true, u64::MAX);
        }
        self.remove_closed();
        result
    }

    /// True where something was written since the last chore.
    #[must_use]
    pub fn has_chore(&self) -> bool {
        self.active_is_dirty || !self.unsynced.is_empty()
    }

    /// Disk work that is due, if any: syncing what was written since the last one, and dropping or rewriting old
    /// segments. Ask about once a second, and again after each [`Journal::finish`] until there is none.
    pub fn chore(&mut self) -> Option<Chore> {
        if let Some(carried) = self.carrying.take() {
            return Some(Chore {
                directory: self.directory.clone(),
                sync: Vec::new(),
                sync_names: false,
                retire: Vec::new(),
                carry: None,
                carried: Some(carried),
            });
        }
        let retire: Vec<u64> = self
            .closed
            .keys()
            .copied()
            .take_while(|number| self.index.is_dead(*number))
            .collect();
        let wasted = self.bytes().saturating_sub(self.index.live_bytes());
        let crowded = retire.is_empty() && wasted > (2 * self.segment_bytes).max(self.bytes() / 2);
        let carry = if crowded {
            self.closed.keys().next().copied()
        } else {
            None
        };
        if self.unsynced.is_empty() && !self.active_is_dirty && retire.is_empty() && carry.is_none()
        {
            return None;
        }
        let mut sync = std::mem::take(&mut self.unsynced);
        if std::mem::take(&mut self.active_is_dirty) {
            sync.extend(self.active.as_ref().map(|active| Arc::clone(&active.file)));
        }
        let sync_names = std::mem::take(&mut self.names_changed);
        Some(Chore {
            directory: self.directory.clone(),
            sync,
            sync_names,
            retire,
            carry,
            carried: None,
        })
    }

    /// Takes back the result of a [`Chore`]. Writes at most a short piece: the rest comes with the next chores.
    ///
    /// # Errors
    /// What the disk said no to. Nothing is lost by it; ask for the next chore later rather than at once.
    pub fn finish(&mut self, done: Done) -> io::Result<()> {
        self.unsynced.extend(done.unsynced);
        self.names_changed |= done.names_unsynced;
        for number in &done.retired {
            self.closed.remove(number);
        }
        done.outcome?;
        let Some(mut carried) = done.carried else {
            return Ok(());
        };
        let segment = carried.segment;
        let piece = carried.take_piece(CARRY_BYTES, |key| self.index.is_live_in(key, segment));
        if piece.ops.is_empty() {
            return Ok(());
        }
        self.store(&piece, false, u64::MAX)
            .map_err(io::Error::other)?;
        self.carrying = Some(carried);
        Ok(())
    }

    /// What the journal occupies on disk, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.closed.values().sum::<u64>() + self.active.as_ref().map_or(0, |active| active.bytes)
    }

    /// What opening found.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        self.recovery
    }

    fn recover(&mut self) -> Result<Saved, OpenError> {
        let numbers =
            segment::list(&self.directory).map_err(OpenError::io("list", &self.directory))?;
        let mut values: BTreeMap<Key, Vec<u8>> = BTreeMap::new();
        let mut last_is_whole = false;
        for number in &numbers {
            let contents = segment::read(&self.directory, *number)?;
            last_is_whole = contents.skipped == 0;
            self.recovery.records += contents.records.len() as u64;
            self.recovery.skipped_bytes += contents.skipped;
            self.closed.insert(*number, contents.bytes);
            for record in contents.records {
                self.index.apply(&record, *number);
                values.extend(record.ops.into_iter().filter_map(|op| match op {
                    Write::Put { key, value } => Some((key, value)),
                    _ => None,
                }));
            }
            values.retain(|key, _| self.index.holds(*key));
        }
        if let Some((&number, &bytes)) = self.closed.last_key_value() {
            self.next_number = number.saturating_add(1);
            // Never append behind damage: the next record would be found only by luck of resync.
            if last_is_whole && bytes < self.segment_bytes {
                let active = Active::reopen(&self.directory, number, bytes);
                self.active = Some(
                    active.map_err(OpenError::io("go on with a segment of", &self.directory))?,
                );
                self.closed.remove(&number);
            }
        }
        Ok(Saved {
            entries: values.into_iter().collect(),
        })
    }

    fn store(&mut self, writes: &Writes, in_new_segment: bool, cap: u64) -> Result<(), WriteError> {
        self.buffer.clear();
        self.buffer
            .extend_from_slice(&frame::segment_header(frame::FORMAT_VERSION));
        if !frame::push_frame(&mut self.buffer, |buffer| writes.encode_into(buffer)) {
            return Err(WriteError::TooLarge);
        }
        let bytes = self.bytes();
        let length = self.buffer.len() as u64;
        if bytes + length > cap {
            return Err(WriteError::Full { bytes, cap });
        }
        let segment_bytes = self.segment_bytes;
        let full = |active: &Active| active.bytes > 0 && active.bytes + length > segment_bytes;
        if in_new_segment || self.active.as_ref().is_none_or(full) {
            self.close_active();
        }
        let active = match &mut self.active {
            Some(active) => active,
            none => {
                let created = Active::create(&self.directory, self.next_number)?;
                self.next_number += 1;
                self.names_changed = true;
                none.insert(created)
            }
        };
        // A segment's header goes out with its first record, so a file is empty or starts as it should.
        let from = if active.bytes == 0 {
            0
        } else {
            frame::SEGMENT_HEADER_BYTES
        };
        active.append(&self.buffer[from..])?;
        self.active_is_dirty = true;
        self.index.apply(writes, active.number);
        self.buffer.shrink_to(KEPT_BUFFER_BYTES);
        Ok(())
    }

    fn close_active(&mut self) {
        if let Some(active) = self.active.take() {
            self.closed.insert(active.number, active.bytes);
            if std::mem::take(&mut self.active_is_dirty) {
                self.unsynced.push(active.file);
            }
        }
    }

    /// Removes dead files at once, not when a chore comes round.
    fn remove_closed(&mut self) {
        self.unsynced.clear();
        self.names_changed = true;
        // What can't be removed now stays listed, is dead, and goes with a later chore.
        self.closed
            .retain(|number, _| fs::remove_file(segment::path(&self.directory, *number)).is_err());
    }
}

fn brings_events(writes: &Writes) -> bool {
    let brings = |op: &Write| matches!(op, Write::Put { key, .. } if matches!(key.class, Class::Event | Class::Batch));
    writes.ops.iter().any(brings)
}

/// Live entries are carried over in records of about this size, so that each write stays short.
const CARRY_BYTES: usize = 64 * 1024;

/// The frame buffer is kept between writes up to this size.
const KEPT_BUFFER_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod crash_test;
#[cfg(test)]
mod golden_test;
#[cfg(test)]
mod journal_test;
