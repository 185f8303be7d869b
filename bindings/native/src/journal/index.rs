//! Which entries are alive and which segment holds each: what decides when a segment can go.

use std::collections::BTreeMap;

use eyeline_core::{Key, Write, Writes};

/// The live entries, by key, with the segment of the record that put them there last.
#[derive(Debug, Default)]
pub(super) struct Index {
    places: BTreeMap<Key, Place>,
    live: BTreeMap<u64, Live>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    segment: u64,
    bytes: u64,
}

/// What one segment still holds that counts.
#[derive(Debug, Default, Clone, Copy)]
struct Live {
    entries: u64,
    bytes: u64,
}

impl Index {
    /// Takes note of a record stored in `segment`.
    pub(super) fn apply(&mut self, writes: &Writes, segment: u64) {
        for op in &writes.ops {
            match op {
                Write::Put { key, value } => self.put(
                    *key,
                    Place {
                        segment,
                        bytes: value.len() as u64,
                    },
                ),
                Write::Delete { key } => self.delete(*key),
                Write::DeleteThrough { class, upto } => {
                    let through = Key {
                        class: *class,
                        number: 0,
                    }..=Key {
                        class: *class,
                        number: *upto,
                    };
                    while let Some((key, _)) = self.places.range(through.clone()).next() {
                        self.delete(*key);
                    }
                }
                Write::Wipe => *self = Index::default(),
            }
        }
    }

    /// True where `key` is alive.
    pub(super) fn holds(&self, key: Key) -> bool {
        self.places.contains_key(&key)
    }

    /// True where the live copy of `key` lies in `segment`.
    pub(super) fn is_live_in(&self, key: Key, segment: u64) -> bool {
        self.places
            .get(&key)
            .is_some_and(|place| place.segment == segment)
    }

    /// True where nothing in `segment` is alive.
    pub(super) fn is_dead(&self, segment: u64) -> bool {
        !self.live.contains_key(&segment)
    }

    /// The bytes of all live values.
    pub(super) fn live_bytes(&self) -> u64 {
        self.live.values().map(|live| live.bytes).sum()
    }

    fn put(&mut self, key: Key, place: Place) {
        if let Some(before) = self.places.insert(key, place) {
            self.release(before);
        }
        let live = self.live.entry(place.segment).or_default();
        live.entries += 1;
        live.bytes += place.bytes;
    }

    fn delete(&mut self, key: Key) {
        if let Some(before) = self.places.remove(&key) {
            self.release(before);
        }
    }

    fn release(&mut self, before: Place) {
        if let Some(live) = self.live.get_mut(&before.segment) {
            live.entries -= 1;
            live.bytes -= before.bytes;
            if live.entries == 0 {
                self.live.remove(&before.segment);
            }
        }
    }
}
