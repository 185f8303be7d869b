//! What a host stores for the engine: keys, atomic records of writes, and what is given back at the next start.

mod record;

pub use record::BadRecord;

/// What kind of entry a key names. The order is the order in which [`Saved`] lists entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Identity, consent, back-off, loss counts: overwritten in place.
    State,
    /// One event that is in no sealed batch yet.
    Event,
    /// One sealed batch: written once, deleted when it has ended.
    Batch,
    /// One erasure request. Exempt from every quota: it is kept until the collector took it.
    Erasure,
}

/// The name of one stored entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What kind of entry this is.
    pub class: Class,
    /// Its number within the class.
    pub number: u64,
}

impl Key {
    /// The key of entry `number` of `class`.
    #[must_use]
    pub fn new(class: Class, number: u64) -> Self {
        Self { class, number }
    }

    /// Whether the entry is there for events that are in no sealed batch yet. A host that keeps sealed batches only
    /// leaves these entries out: after a crash the open batch is then gone, and of its events nobody knows, since the counts
    /// are those of the last batch that was sealed.
    #[must_use]
    pub fn is_of_open_batch(self) -> bool {
        self.class == Class::Event || self == HEAD
    }
}

/// What stands once for the stored events that are in no batch yet.
pub(crate) const HEAD: Key = Key {
    class: Class::State,
    number: 1,
};

/// One change to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Sets an entry, replacing what stood there.
    Put {
        /// The entry's name.
        key: Key,
        /// Its new value.
        value: Vec<u8>,
    },
    /// Removes an entry; a missing one is no error.
    Delete {
        /// The entry's name.
        key: Key,
    },
    /// Removes every entry of `class` whose number is at most `upto`.
    DeleteThrough {
        /// The class to clear.
        class: Class,
        /// The last number to remove.
        upto: u64,
    },
    /// Removes everything.
    Wipe,
}

/// Changes that must be stored together or not at all, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Writes {
    /// The changes, applied first to last.
    pub ops: Vec<Write>,
}

/// What the host's store kept, ascending by key; empty at a first start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Saved {
    /// Every entry the store holds.
    pub entries: Vec<(Key, Vec<u8>)>,
}
