//! One [`Writes`] as bytes, the same for the journal of every host.

use super::{Class, Key, Write, Writes};
use crate::codec::{Decoder, put_bytes, put_u64};

/// A stored record can't be read: it is damaged, or a newer release wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stored record is damaged or of an unknown version")]
pub struct BadRecord;

impl Writes {
    /// The record as bytes, to be framed by the host's journal.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        self.encode_into(&mut out);
        out
    }

    /// Appends the record to `out`, so that a host can reuse one buffer.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        for op in &self.ops {
            match op {
                Write::Put { key, value } => {
                    out.extend_from_slice(&[PUT, class_byte(key.class)]);
                    put_u64(out, key.number);
                    put_bytes(out, value);
                }
                Write::Delete { key } => {
                    out.extend_from_slice(&[DELETE, class_byte(key.class)]);
                    put_u64(out, key.number);
                }
                Write::DeleteThrough { class, upto } => {
                    out.extend_from_slice(&[DELETE_THROUGH, class_byte(*class)]);
                    put_u64(out, *upto);
                }
                Write::Wipe => out.push(WIPE),
            }
        }
    }

    /// Reads a record back.
    ///
    /// # Errors
    /// [`BadRecord`] when the bytes are not one whole record of a version this release knows.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadRecord> {
        let mut input = Decoder::new(bytes);
        if input.u8() != Some(VERSION) {
            return Err(BadRecord);
        }
        let mut ops = Vec::new();
        while !input.rest().is_empty() {
            ops.push(decode_op(&mut input).ok_or(BadRecord)?);
        }
        Ok(Self { ops })
    }
}

fn decode_op(input: &mut Decoder<'_>) -> Option<Write> {
    Some(match input.u8()? {
        PUT => Write::Put {
            key: Key::new(class_of(input.u8()?)?, input.u64()?),
            value: input.bytes()?.to_vec(),
        },
        DELETE => Write::Delete {
            key: Key::new(class_of(input.u8()?)?, input.u64()?),
        },
        DELETE_THROUGH => Write::DeleteThrough {
            class: class_of(input.u8()?)?,
            upto: input.u64()?,
        },
        WIPE => Write::Wipe,
        _ => return None,
    })
}

fn class_byte(class: Class) -> u8 {
    match class {
        Class::State => 0,
        Class::Event => 1,
        Class::Batch => 2,
        Class::Erasure => 3,
    }
}

fn class_of(byte: u8) -> Option<Class> {
    Some(match byte {
        0 => Class::State,
        1 => Class::Event,
        2 => Class::Batch,
        3 => Class::Erasure,
        _ => return None,
    })
}

const VERSION: u8 = 1;
const PUT: u8 = 1;
const DELETE: u8 = 2;
const DELETE_THROUGH: u8 = 3;
const WIPE: u8 = 4;

#[cfg(test)]
mod tests {
    use super::{Class, Key, Write, Writes};
    use proptest::prelude::*;

    fn any_write() -> impl Strategy<Value = Write> {
        let class = prop_oneof![
            Just(Class::State),
            Just(Class::Event),
            Just(Class::Batch),
            Just(Class::Erasure)
        ];
        (class, any::<u64>(), any::<Vec<u8>>(), 0..4u8).prop_map(|(class, number, value, which)| {
            match which {
                0 => Write::Put {
                    key: Key::new(class, number),
                    value,
                },
                1 => Write::Delete {
                    key: Key::new(class, number),
                },
                2 => Write::DeleteThrough {
                    class,
                    upto: number,
                },
                _ => Write::Wipe,
            }
        })
    }

    proptest! {
        #[test]
        fn a_record_reads_back_as_it_was_written(ops in proptest::collection::vec(any_write(), 0..8)) {
            let writes = Writes { ops };
            prop_assert_eq!(Writes::decode(&writes.encode()), Ok(writes));
        }

        #[test]
        fn damaged_records_are_refused_or_read_but_never_panic(bytes: Vec<u8>) {
            let _ = Writes::decode(&bytes);
        }
    }
}
