//! What the journal promises, one statement a test.

use std::fs::{self, OpenOptions};
use std::path::Path;

use eyeline_core::{Class, Key, Write, Writes};

use super::{Journal, OpenError, Recovery, WriteError, segment};

const CAP: u64 = 32 * 1024 * 1024;

fn event(number: u64) -> Key {
    Key::new(Class::Event, number)
}

fn put(key: Key, value: &[u8]) -> Writes {
    Writes {
        ops: vec![Write::Put {
            key,
            value: value.to_vec(),
        }],
    }
}

fn delete(key: Key) -> Writes {
    Writes {
        ops: vec![Write::Delete { key }],
    }
}

fn keys(directory: &Path) -> Vec<u64> {
    let (_, saved) = Journal::open(directory, CAP).unwrap();
    saved.entries.iter().map(|(key, _)| key.number).collect()
}

fn do_chores(journal: &mut Journal) {
    while let Some(chore) = journal.chore() {
        let done = chore.run();
        journal.finish(done).unwrap();
    }
}

#[test]
fn a_new_journal_holds_nothing_and_writes_no_byte() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert!(saved.entries.is_empty());
    assert!(journal.chore().is_none());
    assert_eq!(
        fs::metadata(directory.path().join("lock")).unwrap().len(),
        0
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_directory_in_use_is_refused_until_its_owner_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let owner = Journal::open(directory.path(), CAP).unwrap();
    let refused = Journal::open(directory.path(), CAP).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }));
    assert!(
        refused
            .to_string()
            .contains("already in use by another process")
    );
    drop(owner);
    assert!(Journal::open(directory.path(), CAP).is_ok());
}

#[test]
fn entries_come_back_in_the_order_of_their_keys() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
    for number in [3, 1, 2] {
        journal.write(&put(event(number), b"x")).unwrap();
    }
    journal.write(&delete(event(2))).unwrap();
    drop(journal);
    assert_eq!(keys(directory.path()), [1, 3]);
}

#[test]
fn a_torn_tail_is_left_alone_and_the_next_record_goes_to_a_new_segment() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
    journal.write(&put(event(1), b"whole")).unwrap();
    journal.write(&put(event(2), b"torn")).unwrap();
    let length = journal.bytes();
    drop(journal);
    let path = segment::path(directory.path(), 1);
    OpenOptions::new()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(length - 1)
        .unwrap();

    let (mut journal, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert_eq!(saved.entries, [(event(1), b"whole".to_vec())]);
    assert_eq!(journal.recovery().records, 1);
    assert!(journal.recovery().skipped_bytes > 0);
    journal.write(&put(event(3), b"after")).unwrap();
    drop(journal);
    assert_eq!(keys(directory.path()), [1, 3]);
    assert_eq!(segment::list(directory.path()).unwrap(), [1, 2]);
}

#[test]
fn a_clean_journal_goes_on_in_the_same_segment() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=3 {
        let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
        assert_eq!(
            journal.recovery(),
            Recovery {
                records: number - 1,
                skipped_bytes: 0
            }
        );
        journal.write(&put(event(number), b"x")).unwrap();
    }
    assert_eq!(segment::list(directory.path()).unwrap(), [1]);
}

#[test]
fn disk_use_follows_what_is_alive() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open_sized(directory.path(), CAP, 4096).unwrap();
    journal
        .write(&put(Key::new(Class::Batch, 1), b"kept for long"))
        .unwrap();
    for number in 1..=2000 {
        journal.write(&put(event(number), &[7; 100])).unwrap();
        journal.write(&delete(event(number))).unwrap();
        if number % 50 == 0 {
            do_chores(&mut journal);
            assert!(journal.bytes() < 5 * 4096, "{} bytes", journal.bytes());
        }
    }
    drop(journal);
    let (_, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert_eq!(
        saved.entries,
        [(Key::new(Class::Batch, 1), b"kept for long".to_vec())]
    );
}

#[test]
fn what_is_deleted_does_not_return_when_segments_are_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open_sized(directory.path(), CAP, 256).unwrap();
    journal.write(&put(event(1), b"deleted")).unwrap();
    journal.write(&put(event(2), b"kept")).unwrap();
    for number in 3..40 {
        journal.write(&put(event(number), &[1; 50])).unwrap();
    }
    journal.write(&delete(event(1))).unwrap();
    journal
        .write(&Writes {
            ops: (3..40)
                .map(|number| Write::Delete { key: event(number) })
                .collect(),
        })
        .unwrap();
    do_chores(&mut journal);
    drop(journal);
    assert_eq!(keys(directory.path()), [2]);
}

#[test]
fn over_the_cap_puts_are_refused_and_deletes_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open_sized(directory.path(), 1000, 256).unwrap();
    let mut stored = 0;
    while journal.write(&put(event(stored), &[1; 100])).is_ok() {
        stored += 1;
    }
    assert!(matches!(
        journal.write(&put(event(99), &[1; 100])),
        Err(WriteError::Full { cap: 1000, .. })
    ));
    journal
        .write(&Writes {
            ops: vec![Write::DeleteThrough {
                class: Class::Event,
                upto: stored,
            }],
        })
        .unwrap();
    do_chores(&mut journal);
    journal.write(&put(event(100), &[1; 100])).unwrap();
    drop(journal);
    assert_eq!(keys(directory.path()), [100]);
}

#[test]
fn a_wipe_removes_every_earlier_byte_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open_sized(directory.path(), CAP, 256).unwrap();
    for number in 0..20 {
        journal
            .write(&put(event(number), b"secret-of-a-visitor"))
            .unwrap();
    }
    let key = Key::new(Class::State, 0);
    journal
        .write(&Writes {
            ops: vec![
                Write::Wipe,
                Write::Put {
                    key,
                    value: b"denied".to_vec(),
                },
            ],
        })
        .unwrap();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
    }
    drop(journal);
    let (_, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert_eq!(saved.entries, [(key, b"denied".to_vec())]);
}

#[test]
fn a_fresh_copy_leaves_the_old_segments_until_it_is_on_disk() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
    journal.write(&put(event(1), b"old")).unwrap();
    let mut copy = vec![Write::Wipe];
    copy.extend(put(event(1), b"new").ops);
    journal.write(&Writes { ops: copy }).unwrap();
    assert_eq!(segment::list(directory.path()).unwrap(), [1, 2]);
    do_chores(&mut journal);
    assert_eq!(segment::list(directory.path()).unwrap(), [2]);
    drop(journal);
    let (_, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert_eq!(saved.entries, [(event(1), b"new".to_vec())]);
}

#[test]
fn a_fresh_copy_may_pass_the_cap_and_repeated_ones_may_not() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), 1000).unwrap();
    let mut ops = vec![Write::Wipe];
    ops.extend(put(event(1), &[1; 600]).ops);
    let copy = Writes { ops };
    while journal.write(&copy).is_ok() {
        assert!(journal.bytes() <= 2000, "{} bytes", journal.bytes());
    }
    assert!(journal.bytes() > 1000);
    do_chores(&mut journal);
    journal.write(&copy).unwrap();
}

#[test]
fn a_wipe_that_finds_no_space_makes_some_and_keeps_the_erasure() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
    journal.write(&put(event(1), b"secret")).unwrap();
    // What stands in the next segment's place is in the way of the first attempt, and goes with the old segments.
    fs::write(segment::path(directory.path(), 2), b"").unwrap();
    journal.closed.insert(2, 0);
    let erasure = Key::new(Class::Erasure, 1);
    let mut ops = vec![Write::Wipe];
    ops.extend(put(erasure, b"{}").ops);
    journal.write(&Writes { ops }).unwrap();
    drop(journal);
    let (_, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert_eq!(saved.entries, [(erasure, b"{}".to_vec())]);
}

#[test]
fn a_wipe_that_can_not_be_stored_takes_the_events_off_the_disk_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
    journal.write(&put(event(1), b"secret")).unwrap();
    fs::create_dir(segment::path(directory.path(), 2)).unwrap();
    let mut ops = vec![Write::Wipe];
    ops.extend(put(Key::new(Class::Erasure, 1), b"{}").ops);
    assert!(journal.write(&Writes { ops }).is_err());
    assert_eq!(segment::list(directory.path()).unwrap(), [2]);
}

#[test]
fn no_call_writes_more_of_an_old_segment_than_a_short_piece() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open_sized(directory.path(), CAP, 4096).unwrap();
    let mut ops = vec![Write::Wipe];
    ops.extend((1..=600).flat_map(|number| put(event(number), &[7; 1000]).ops));
    journal.write(&Writes { ops }).unwrap();
    let upto = 400;
    let class = Class::Event;
    let ops = vec![Write::DeleteThrough { class, upto }];
    journal.write(&Writes { ops }).unwrap();
    let mut pieces = 0;
    while let Some(chore) = journal.chore() {
        let done = chore.run();
        let bytes = journal.bytes();
        journal.finish(done).unwrap();
        let written = journal.bytes().saturating_sub(bytes);
        assert!(written < 80 * 1024, "{written} bytes");
        pieces += usize::from(written > 0);
    }
    assert!(pieces > 2, "{pieces} pieces");
    assert!(journal.bytes() < 300 * 1024, "{} bytes", journal.bytes());
    drop(journal);
    assert_eq!(keys(directory.path()), (401..=600).collect::<Vec<_>>());
}

#[test]
fn a_record_too_large_for_a_frame_is_refused_whole() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), u64::MAX).unwrap();
    let large = vec![1; super::frame::MAX_PAYLOAD_BYTES];
    assert!(matches!(
        journal.write(&put(event(1), &large)),
        Err(WriteError::TooLarge)
    ));
    assert_eq!(journal.bytes(), 0);
}

#[test]
fn a_journal_of_a_newer_release_is_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    let mut newer = super::frame::segment_header(2).to_vec();
    newer.extend_from_slice(b"whatever");
    fs::write(segment::path(directory.path(), 1), newer).unwrap();
    let refused = Journal::open(directory.path(), CAP).unwrap_err();
    assert!(matches!(refused, OpenError::NewerFormat { found: 2, .. }));
}

#[test]
fn a_damaged_version_is_not_taken_for_a_newer_release() {
    let directory = tempfile::tempdir().unwrap();
    let mut damaged = super::frame::segment_header(super::frame::FORMAT_VERSION);
    damaged[7] = 211;
    fs::write(segment::path(directory.path(), 1), damaged).unwrap();
    let (journal, saved) = Journal::open(directory.path(), CAP).unwrap();
    assert!(saved.entries.is_empty());
    drop(journal);
}

#[test]
fn files_of_others_are_ignored() {
    let directory = tempfile::tempdir().unwrap();
    for name in [
        "notes.txt",
        "7.journal",
        "x.journal",
        "00000000000000000001.journal.bak",
    ] {
        fs::write(directory.path().join(name), b"EYELINE\x02").unwrap();
    }
    assert_eq!(keys(directory.path()), Vec::<u64>::new());
}

#[cfg(unix)]
#[test]
fn directory_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("a/b");
    let (mut journal, _) = Journal::open(&directory, CAP).unwrap();
    journal.write(&put(event(1), b"x")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("lock")), 0o600);
    assert_eq!(mode(&segment::path(&directory, 1)), 0o600);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_the_record_and_keeps_what_was_there() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(directory.path(), CAP).unwrap();
    journal.write(&put(event(1), b"before")).unwrap();
    let kept = journal.active.take();
    // The kernel's own full disk.
    let full = OpenOptions::new().append(true).open("/dev/full").unwrap();
    journal.active = Some(segment::Active {
        number: 1,
        bytes: 31,
        file: full.into(),
    });
    let refused = journal.write(&put(event(2), b"lost")).unwrap_err();
    assert!(
        matches!(&refused, WriteError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull)
    );
    journal.active = kept;
    journal.write(&put(event(3), b"after")).unwrap();
    drop(journal);
    assert_eq!(keys(directory.path()), [1, 3]);
}
