//! Disks that spoil what was acknowledged: what can still be read is kept, the rest is set aside and counted, never deleted.
use std::fs;
use std::path::{Path, PathBuf};

use eyeline_collector::{EventSink, FileSink, FileSinkOptions, MemorySink, Spool, SpoolOptions};

use crate::support::{gauge, gzip, lines_below};

const NAME: &str = "eyeline-raw-1-2025-11-24-15-59-51-00000000-0000-4000-8000-000000000000.gz";

/// A root in which a killed process left one open file of these bytes.
fn left_open(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join(".open");
    fs::create_dir_all(&open).unwrap();
    fs::write(open.join(NAME), bytes).unwrap();
    folder
}

/// Every byte set aside below a root, in name order.
fn set_aside(root: &Path) -> Vec<u8> {
    let Ok(entries) = fs::read_dir(root.join(".damaged")) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .flat_map(|path| fs::read(path).unwrap())
        .collect()
}

#[tokio::test]
async fn members_behind_a_damaged_one_are_published_and_the_damaged_one_is_set_aside() {
    let mut spoilt = gzip(b"spoilt\n");
    spoilt[12] ^= 0x40;
    let file = [gzip(b"one\n"), spoilt.clone(), gzip(b"three\n")].concat();
    let folder = left_open(&file);
    let sink = FileSink::open(folder.path(), FileSinkOptions::default()).unwrap();
    assert_eq!(
        gauge(&sink, "eyeline_files_damaged_bytes"),
        spoilt.len() as f64
    );
    sink.close().await.unwrap();
    assert_eq!(lines_below(folder.path()), ["one", "three"]);
    assert_eq!(set_aside(folder.path()), spoilt);
}

#[tokio::test]
async fn a_file_that_is_damaged_from_its_first_byte_loses_only_that_member() {
    let mut spoilt = gzip(b"spoilt\n");
    spoilt[0] = 0;
    let folder = left_open(&[spoilt.clone(), gzip(b"two\n")].concat());
    let sink = FileSink::open(folder.path(), FileSinkOptions::default()).unwrap();
    sink.close().await.unwrap();
    assert_eq!(lines_below(folder.path()), ["two"]);
    assert_eq!(set_aside(folder.path()), spoilt);
}

#[tokio::test]
async fn more_than_one_group_can_tear_is_set_aside_although_nothing_whole_follows() {
    let noise = vec![0xA5; 4 * 1024 * 1024];
    let folder = left_open(&[gzip(b"one\n").as_slice(), &noise].concat());
    let sink = FileSink::open(folder.path(), FileSinkOptions::default()).unwrap();
    sink.close().await.unwrap();
    assert_eq!(lines_below(folder.path()), ["one"]);
    assert!(set_aside(folder.path()) == noise);
}

/// A spool of these calls whose segment was then changed.
async fn spoilt_spool(calls: &[&str], spoil: impl FnOnce(&mut Vec<u8>)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(&SpoolOptions::durable(folder.path()))
        .unwrap()
        .unwrap();
    for call in calls {
        spool.store((*call).to_owned().into()).await.unwrap();
    }
    drop(spool);
    let segment = folder.path().join("00000000000000000001.spool");
    let mut bytes = fs::read(&segment).unwrap();
    spoil(&mut bytes);
    fs::write(&segment, bytes).unwrap();
    folder
}

const FRAME: usize = 8 + "1\n".len();

#[tokio::test]
async fn frames_before_and_behind_a_damaged_one_are_drained() {
    for spoilt_byte in FRAME..2 * FRAME {
        let folder = spoilt_spool(&["1\n", "2\n", "3\n"], |bytes| bytes[spoilt_byte] ^= 0x40).await;
        let options = SpoolOptions::durable(folder.path());
        let spool = Spool::open(&options).unwrap().unwrap();
        let memory = MemorySink::default();
        while spool.drain_some(&memory).await.unwrap() {}
        assert_eq!(memory.lines(), ["1", "3"], "byte {spoilt_byte}");
        assert_eq!(gauge(&spool, "eyeline_spool_damaged_bytes"), FRAME as f64);
        assert_eq!(set_aside(folder.path()).len(), FRAME);
        assert_eq!(spool.waiting_bytes(), 0);
        spool.store("4\n".into()).await.unwrap();
        while spool.drain_some(&memory).await.unwrap() {}
        assert_eq!(memory.lines(), ["1", "3", "4"]);
    }
}

#[tokio::test]
async fn a_spool_that_is_damaged_while_it_is_open_is_drained_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(&SpoolOptions::durable(folder.path()))
        .unwrap()
        .unwrap();
    for call in ["1\n", "2\n", "3\n"] {
        spool.store(call.into()).await.unwrap();
    }
    let segment = folder.path().join("00000000000000000001.spool");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[2 * FRAME + 8] ^= 0x40;
    fs::write(&segment, bytes).unwrap();
    let memory = MemorySink::default();
    while spool.drain_some(&memory).await.unwrap() {}
    assert_eq!(memory.lines(), ["1", "2"]);
    assert_eq!(set_aside(folder.path()).len(), FRAME);
    assert_eq!(spool.waiting_bytes(), 0);
}

#[tokio::test]
async fn more_of_a_segment_than_one_group_can_tear_is_set_aside() {
    let noise = vec![0xA5; 4 * 1024 * 1024];
    let folder = spoilt_spool(&["1\n"], |bytes| bytes.extend_from_slice(&noise)).await;
    let spool = Spool::open(&SpoolOptions::durable(folder.path()))
        .unwrap()
        .unwrap();
    let memory = MemorySink::default();
    while spool.drain_some(&memory).await.unwrap() {}
    assert_eq!(memory.lines(), ["1"]);
    assert!(set_aside(folder.path()) == noise);
}
