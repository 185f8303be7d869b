//! Which events a batch holds, and how long each is: two small numbers an event.

use crate::codec::{Decoder, put_u64};

/// Numbers and lengths of consecutive events, ascending by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Table {
    bytes: Vec<u8>,
    events: usize,
    last: u64,
}

/// One event of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Its number within the instance.
    pub(super) n: u64,
    /// Its length in bytes, without the comma before it.
    pub(super) len: usize,
}

impl Table {
    pub(super) fn push(&mut self, slot: Slot) {
        put_u64(&mut self.bytes, slot.n.wrapping_sub(self.last));
        put_u64(&mut self.bytes, slot.len as u64);
        self.last = slot.n;
        self.events += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.events
    }

    /// The number of the last event.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        let mut from = Decoder::new(&self.bytes);
        let mut last = 0u64;
        std::iter::from_fn(move || {
            last = last.wrapping_add(from.u64()?);
            Some(Slot {
                n: last,
                len: usize::try_from(from.u64()?).ok()?,
            })
        })
    }

    pub(super) fn numbers(&self) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(self.events);
        for slot in self.iter() {
            numbers.push(slot.n);
        }
        numbers
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// `None` for damaged bytes: a table must be whole, with numbers ascending from 1.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let mut table = Self::default();
        let mut from = Decoder::new(bytes);
        while !from.rest().is_empty() {
            let step = from.u64().filter(|step| *step > 0)?;
            let n = table.last.checked_add(step)?;
            table.push(Slot {
                n,
                len: usize::try_from(from.u64()?).ok()?,
            });
        }
        (table.events > 0).then_some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::{Slot, Table};

    #[test]
    fn a_table_reads_back() {
        let slots = [
            Slot { n: 3, len: 120 },
            Slot { n: 4, len: 8_000 },
            Slot { n: 900, len: 1 },
        ];
        let mut table = Table::default();
        for slot in slots {
            table.push(slot);
        }
        assert_eq!(Table::of_bytes(table.as_bytes()), Some(table.clone()));
        assert_eq!(table.iter().collect::<Vec<_>>(), slots);
        assert_eq!((table.len(), table.last()), (3, 900));
    }

    #[test]
    fn an_empty_or_descending_table_is_damaged() {
        assert_eq!(Table::of_bytes(&[]), None);
        assert_eq!(Table::of_bytes(&[5, 1, 0, 1]), None);
    }
}
