//! The format itself: the same writes give the golden file's bytes, and `docs/on-disk.md` shows exactly these.
//!
//! Bytes that differ are a new version of the format: readers of older files must stay.

use std::fs;

use eyeline_core::{Class, Key, Write, Writes};
use proptest::prelude::*;

use super::{Journal, read_segment, segment};

const GOLDEN: &[u8] = include_bytes!("../../tests/golden/journal-1.journal");
const DOCUMENT: &str = include_str!("../../../../docs/on-disk.md");

fn records() -> Vec<Writes> {
    let put = |class, number, value: &[u8]| Write::Put {
        key: Key::new(class, number),
        value: value.to_vec(),
    };
    vec![
        Writes {
            ops: vec![
                put(Class::State, 0, b"who"),
                put(Class::Event, 1, br#"{"k":"page"}"#),
            ],
        },
        Writes {
            ops: vec![
                put(Class::Batch, 300, &[0x1f, 0x8b]),
                Write::DeleteThrough {
                    class: Class::Event,
                    upto: 1,
                },
            ],
        },
        Writes {
            ops: vec![Write::Delete {
                key: Key::new(Class::Batch, 300),
            }],
        },
        Writes {
            ops: vec![Write::Wipe, put(Class::Erasure, 1, b"{}")],
        },
    ]
}

/// The bytes of the document's hex dump: lines of an offset, a colon and pairs of digits.
fn document_bytes() -> Vec<u8> {
    let dump = DOCUMENT
        .split("```hex\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let pairs = dump
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, rest)| {
            rest.split_whitespace()
                .take_while(|pair| pair.len() == 2)
                .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        });
    pairs.collect()
}

#[test]
fn the_golden_file_is_read_as_what_was_written() {
    let contents = segment::parse(GOLDEN).unwrap();
    assert_eq!((contents.records, contents.skipped), (records(), 0));
}

#[test]
fn the_same_writes_give_the_golden_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), u64::MAX).unwrap();
    let mut written = Vec::new();
    for (number, record) in (1..).zip(records()) {
        journal.write(&record).unwrap();
        // A wipe begins a segment of its own; the golden file holds the frames of both.
        let number = if number == 4 { 2 } else { 1 };
        let bytes = fs::read(segment::path(directory.path(), number)).unwrap();
        let header = if number == 2 {
            super::frame::SEGMENT_HEADER_BYTES
        } else {
            written.len()
        };
        written.extend_from_slice(&bytes[header..]);
    }
    assert_eq!(written, GOLDEN);
}

#[test]
fn the_document_shows_the_golden_bytes() {
    assert_eq!(document_bytes(), GOLDEN);
}

proptest! {
    #[test]
    fn whatever_lies_between_whole_records_all_of_them_are_found(damage: Vec<u8>) {
        let frames = &GOLDEN[super::frame::SEGMENT_HEADER_BYTES..];
        let found = read_segment(&[GOLDEN, &damage, frames].concat());
        prop_assert!(found.starts_with(&records()) && found.ends_with(&records()));
    }
}
