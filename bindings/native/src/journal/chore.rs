//! The slow half of keeping a journal, done away from the caller's thread: syncing to disk and freeing space.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use eyeline_core::{Key, Write, Writes};

use super::{host, segment};

/// Disk work taken out of a journal, to be run on any thread while the journal goes on being written to.
///
/// `Journal::chore` hands it out, [`Chore::run`] blocks on the disk, `Journal::finish` takes the result back.
#[derive(Debug)]
pub struct Chore {
    pub(super) directory: PathBuf,
    /// Files with bytes that only the page cache has.
    pub(super) sync: Vec<Arc<File>>,
    /// Names in the directory changed, too.
    pub(super) sync_names: bool,
    /// The oldest segments, with nothing alive in them: removed once what outlived them is on disk.
    pub(super) retire: Vec<u64>,
    /// The oldest segment, whose few live entries are to be written again so that it can go.
    pub(super) carry: Option<u64>,
    /// What is left of an earlier carry, on its way to the next `Journal::finish`.
    pub(super) carried: Option<Carried>,
}

/// What came of a [`Chore`].
#[derive(Debug)]
#[must_use = "give it back with `Journal::finish`, or its files are synced again"]
pub struct Done {
    pub(super) outcome: io::Result<()>,
    pub(super) unsynced: Vec<Arc<File>>,
    pub(super) names_unsynced: bool,
    pub(super) retired: Vec<u64>,
    pub(super) carried: Option<Carried>,
}

/// The last value of each key in a segment.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) segment: u64,
    pub(super) entries: BTreeMap<Key, Vec<u8>>,
}

impl Chore {
    /// Does the work. Blocks for as long as the disk takes.
    pub fn run(self) -> Done {
        let mut done = Done {
            outcome: Ok(()),
            unsynced: Vec::new(),
            names_unsynced: false,
            retired: Vec::new(),
            carried: None,
        };
        if let Err(error) = self.sync_all() {
            return Done {
                outcome: Err(error),
                unsynced: self.sync,
                names_unsynced: self.sync_names,
                ..done
            };
        }
        done.carried = self.carried;
        // Oldest first: a record that deletes an entry must not go before the entry does.
        for number in &self.retire {
            match fs::remove_file(segment::path(&self.directory, *number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    done.outcome = Err(error);
                    return done;
                }
                _ => done.retired.push(*number),
            }
        }
        if let Some(number) = self.carry {
            match segment::read(&self.directory, number) {
                Ok(contents) => {
                    done.carried = Some(Carried {
                        segment: number,
                        entries: last_values(contents.records),
                    });
                }
                Err(error) => done.outcome = Err(io::Error::other(error)),
            }
        }
        done
    }

    fn sync_all(&self) -> io::Result<()> {
        for file in &self.sync {
            file.sync_data()?;
        }
        if self.sync_names {
            host::sync_directory(&self.directory)
        } else {
            Ok(())
        }
    }
}

impl Done {
    /// True where this freed space or is about to, so that asking for the next chore at once is worth its sync.
    #[must_use]
    pub fn frees_space(&self) -> bool {
        !self.retired.is_empty() || self.carried.is_some()
    }
}

impl Carried {
    /// The next entries to write again: those alive by `is_live`, up to `bytes` and the one that reaches it.
    pub(super) fn take_piece(&mut self, bytes: usize, is_live: impl Fn(Key) -> bool) -> Writes {
        let mut piece = Writes::default();
        let mut taken = 0;
        while taken < bytes
            && let Some((key, value)) = self.entries.pop_first()
        {
            if is_live(key) {
                taken += value.len();
                piece.ops.push(Write::Put { key, value });
            }
        }
        piece
    }
}

fn last_values(records: Vec<Writes>) -> BTreeMap<Key, Vec<u8>> {
    let mut entries = BTreeMap::new();
    for op in records.into_iter().flat_map(|record| record.ops) {
        if let Write::Put { key, value } = op {
            entries.insert(key, value);
        }
    }
    entries
}
