//! The journal against a model: any writes, chores and reopenings, then a crash at any byte, leave the entries of a
//! prefix of whole records.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::Path;

use eyeline_core::{Class, Key, Write, Writes};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{Journal, segment};

type Entries = BTreeMap<Key, Vec<u8>>;

/// A place in the journal: a segment and an offset in it.
type Position = (u64, u64);

#[derive(Debug, Clone)]
enum Action {
    Store(Writes),
    DoChores,
    Reopen,
}

struct Run {
    directory: TempDir,
    journal: Option<Journal>,
    model: Entries,
    /// Where each record ended, and what the entries were then.
    history: Vec<(Position, Entries)>,
    /// No crash cuts before this: earlier segments were removed in the knowledge that this much is kept.
    floor: Position,
}

impl Run {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let journal = Some(open(directory.path()).0);
        let history = vec![((0, 0), Entries::new())];
        Run {
            directory,
            journal,
            model: Entries::new(),
            history,
            floor: (0, 0),
        }
    }

    fn act(&mut self, action: &Action) {
        let journal = self.journal.as_mut().unwrap();
        match action {
            Action::Store(writes) => {
                journal.write(writes).unwrap();
                apply(&mut self.model, writes);
                let end = end(journal);
                self.history.push((end, self.model.clone()));
                if writes.ops.contains(&Write::Wipe) && !brings_events(writes) {
                    self.floor = end;
                }
            }
            Action::DoChores => {
                while let Some(chore) = journal.chore() {
                    if !chore.retire.is_empty() {
                        self.floor = end(journal);
                    }
                    let done = chore.run();
                    journal.finish(done).unwrap();
                }
            }
            Action::Reopen => {
                self.journal = None;
                let (journal, entries) = open(self.directory.path());
                assert_eq!(entries, self.model);
                self.journal = Some(journal);
            }
        }
    }

    /// Cuts the last segment somewhere a crash could have, and compares what is found with what must be there.
    fn crash(mut self, where_to: prop::sample::Index) {
        self.journal = None;
        let Some(last) = segment::list(self.directory.path()).unwrap().pop() else {
            return;
        };
        let path = segment::path(self.directory.path(), last);
        let length = fs::metadata(&path).unwrap().len();
        let first = if self.floor.0 == last {
            self.floor.1
        } else {
            0
        };
        let cut = first + where_to.index(usize::try_from(length - first + 1).unwrap()) as u64;
        OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(cut)
            .unwrap();
        let (_, expected) = self
            .history
            .iter()
            .rfind(|(end, _)| *end <= (last, cut))
            .unwrap();
        assert_eq!(
            &open(self.directory.path()).1,
            expected,
            "cut at {cut} of {length}"
        );
    }
}

fn open(directory: &Path) -> (Journal, Entries) {
    let (journal, saved) = Journal::open_sized(directory, u64::MAX, SMALL_SEGMENT_BYTES).unwrap();
    (journal, saved.entries.into_iter().collect())
}

fn end(journal: &Journal) -> Position {
    journal
        .active
        .as_ref()
        .map_or((0, 0), |active| (active.number, active.bytes))
}

fn brings_events(writes: &Writes) -> bool {
    let brings = |op: &Write| matches!(op, Write::Put { key, .. } if key.class != Class::State);
    writes.ops.iter().any(brings)
}

fn apply(entries: &mut Entries, writes: &Writes) {
    for op in &writes.ops {
        match op {
            Write::Put { key, value } => drop(entries.insert(*key, value.clone())),
            Write::Delete { key } => drop(entries.remove(key)),
            Write::DeleteThrough { class, upto } => {
                entries.retain(|key, _| key.class != *class || key.number > *upto);
            }
            Write::Wipe => entries.clear(),
        }
    }
}

fn any_key() -> impl Strategy<Value = Key> {
    (0..3_u8, 0..12_u64).prop_map(|(class, number)| {
        Key::new(
            [Class::State, Class::Event, Class::Batch][usize::from(class)],
            number,
        )
    })
}

fn any_write() -> impl Strategy<Value = Write> {
    let value = prop::collection::vec(any::<u8>(), 0..60);
    prop_oneof![
        12 => (any_key(), value).prop_map(|(key, value)| Write::Put { key, value }),
        4 => any_key().prop_map(|key| Write::Delete { key }),
        2 => any_key().prop_map(|key| Write::DeleteThrough { class: key.class, upto: key.number }),
        1 => Just(Write::Wipe),
    ]
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => prop::collection::vec(any_write(), 1..4).prop_map(|ops| Action::Store(Writes { ops })),
        2 => Just(Action::DoChores),
        1 => Just(Action::Reopen),
    ]
}

/// Small, so that a short run fills many.
const SMALL_SEGMENT_BYTES: u64 = 300;

/// Fewer runs than usual, each of which syncs many files; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases / 4,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_crash_at_any_byte_leaves_the_entries_of_a_prefix_of_whole_records(
        actions in prop::collection::vec(any_action(), 1..60),
        where_to: prop::sample::Index,
    ) {
        let mut run = Run::start();
        for action in &actions {
            run.act(action);
        }
        run.crash(where_to);
    }

    #[test]
    fn a_damaged_stretch_costs_only_what_it_touches(
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..40),
        where_to: prop::sample::Index,
        garbage in prop::collection::vec(any::<u8>(), 1..80),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(directory.path(), u64::MAX).unwrap();
        let mut ends = vec![0];
        for (number, value) in values.iter().enumerate() {
            let op = Write::Put { key: Key::new(Class::Event, number as u64), value: value.clone() };
            journal.write(&Writes { ops: vec![op] }).unwrap();
            ends.push(usize::try_from(end(&journal).1).unwrap());
        }
        drop(journal);
        let path = segment::path(directory.path(), 1);
        let mut bytes = fs::read(&path).unwrap();
        let damaged = where_to.index(bytes.len())..;
        let damaged = damaged.start..(damaged.start + garbage.len()).min(bytes.len());
        bytes[damaged.clone()].copy_from_slice(&garbage[..damaged.len()]);
        fs::write(&path, &bytes).unwrap();

        let found: Entries = Journal::open(directory.path(), u64::MAX).unwrap().1.entries.into_iter().collect();

        for (number, value) in values.iter().enumerate() {
            let untouched = ends[number + 1] <= damaged.start || ends[number].max(super::frame::SEGMENT_HEADER_BYTES) >= damaged.end;
            let expected = Some(value).filter(|_| untouched);
            let key = Key::new(Class::Event, number as u64);
            prop_assert!(expected.is_none() || found.get(&key) == expected, "record {}", number);
            prop_assert!(found.get(&key).is_none_or(|kept| kept == value), "record {} was changed", number);
        }
    }
}
