//! A store as every host's journal keeps it, that also watches what must never happen to it.

use std::collections::{BTreeMap, HashMap};

use eyeline_core::{Class, Key, Saved, Write, Writes};

#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    entries: BTreeMap<Key, Vec<u8>>,
    /// Every sealed batch ever stored: its bytes may never change.
    sealed: HashMap<u64, Vec<u8>>,
}

impl Store {
    /// Applies one record, after the round trip through bytes that a journal makes.
    pub(crate) fn apply(&mut self, writes: &Writes) {
        let writes = Writes::decode(&writes.encode()).unwrap();
        for op in writes.ops {
            match op {
                Write::Put { key, value } => self.put(key, value),
                Write::Delete { key } => {
                    self.entries.remove(&key);
                }
                Write::DeleteThrough { class, upto } => {
                    self.entries
                        .retain(|key, _| key.class != class || key.number > upto);
                }
                Write::Wipe => self.entries.clear(),
            }
        }
    }

    fn put(&mut self, key: Key, value: Vec<u8>) {
        if key.class == Class::Batch {
            let first = self
                .sealed
                .entry(key.number)
                .or_insert_with(|| value.clone());
            assert_eq!(*first, value, "sealed batch {} was rewritten", key.number);
        }
        self.entries.insert(key, value);
    }

    pub(crate) fn saved(&self) -> Saved {
        Saved {
            entries: self.entries.clone().into_iter().collect(),
        }
    }

    pub(crate) fn count(&self, class: Class) -> usize {
        self.entries.keys().filter(|key| key.class == class).count()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether this text stands anywhere in what is stored uncompressed.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let text = text.as_bytes();
        self.entries
            .values()
            .any(|value| value.windows(text.len()).any(|window| window == text))
    }

    /// Damages entries.
    pub(crate) fn damage(&mut self, which: impl Fn(Key) -> bool) {
        for (key, value) in &mut self.entries {
            if which(*key) {
                value.truncate(value.len() / 2);
            }
        }
    }
}
