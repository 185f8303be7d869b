//! Files and spool: layout, rotation, recovery, bounds, and the way lines take while a sink fails.
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use eyeline_collector::{
    EventSink, FileSink, FileSinkOptions, MemorySink, SinkError, Spool, SpoolOptions, SpooledSink,
};
use eyeline_core::UnixMillis;

use crate::support::{Door, NOW, gauge, gzip, keys, lines_below, raw_files, renders};

const HOUR: i64 = 3_600_000;

/// File options on a clock of the test's own.
fn stepped() -> (Arc<AtomicI64>, FileSinkOptions) {
    let clock = Arc::new(AtomicI64::new(NOW));
    let now = Arc::clone(&clock);
    let mut options = FileSinkOptions::default();
    options.clock = Arc::new(move || UnixMillis::from_i64(now.load(Ordering::SeqCst)));
    (clock, options)
}

fn names(root: &Path) -> Vec<String> {
    raw_files(root)
        .iter()
        .map(|path| {
            path.strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn files_are_named_and_placed_as_firehose_does() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut options) = stepped();
    options.stream = "clicks".to_owned();
    options.prefix = "raw/".to_owned();
    let sink = FileSink::open(folder.path(), options).unwrap();
    sink.store("line\n".into()).await.unwrap();
    assert!(
        names(folder.path()).is_empty(),
        "an open file is not listed"
    );
    sink.close().await.unwrap();
    let [name] = &names(folder.path())[..] else {
        panic!("one file")
    };
    let (stem, uuid) = name
        .strip_suffix(".gz")
        .unwrap()
        .split_at(name.len() - 3 - 36);
    assert_eq!(stem, "raw/2025/11/24/16/clicks-1-2025-11-24-16-00-00-");
    assert_eq!(
        uuid.split('-').map(str::len).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
}

#[tokio::test]
async fn a_file_is_finished_by_size() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut options) = stepped();
    options.rotate_bytes = 1;
    let sink = FileSink::open(folder.path(), options).unwrap();
    for n in 0..3 {
        sink.store(format!("{n}\n").into()).await.unwrap();
        assert_eq!(raw_files(folder.path()).len(), n);
    }
    sink.close().await.unwrap();
    let mut lines = lines_below(folder.path());
    lines.sort();
    assert_eq!(lines, ["0", "1", "2"]);
}

#[tokio::test]
async fn a_file_is_finished_by_the_clock_and_named_by_its_oldest_line() {
    let folder = tempfile::tempdir().unwrap();
    let (clock, options) = stepped();
    let sink = FileSink::open(folder.path(), options).unwrap();
    sink.store("16 h\n".into()).await.unwrap();
    clock.fetch_add(HOUR, Ordering::SeqCst);
    sink.store("17 h\n".into()).await.unwrap();
    sink.close().await.unwrap();
    let hours: Vec<String> = names(folder.path())
        .iter()
        .map(|name| name[..13].to_owned())
        .collect();
    assert_eq!(hours, ["2025/11/24/16", "2025/11/24/17"]);
    assert_eq!(lines_below(folder.path()), ["16 h", "17 h"]);
}

#[tokio::test]
async fn what_a_killed_process_left_open_is_finished_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join(".open");
    fs::create_dir_all(&open).unwrap();
    let name = |n: u8| {
        format!("eyeline-raw-1-2025-11-24-15-59-5{n}-00000000-0000-4000-8000-000000000000.gz")
    };
    let whole = gzip(b"acknowledged\n");
    fs::write(
        open.join(name(1)),
        [whole.as_slice(), &gzip(b"never acknowledged\n")[..15]].concat(),
    )
    .unwrap();
    fs::write(open.join(name(2)), &whole[..5]).unwrap();
    let sink = FileSink::open(folder.path(), FileSinkOptions::default()).unwrap();
    sink.close().await.unwrap();
    assert_eq!(names(folder.path()), [format!("2025/11/24/15/{}", name(1))]);
    assert_eq!(lines_below(folder.path()), ["acknowledged"]);
    assert_eq!(
        fs::read_dir(open).unwrap().count(),
        1,
        "only the lock is left"
    );
}

#[tokio::test]
async fn two_collectors_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = FileSink::open(folder.path(), FileSinkOptions::default()).unwrap();
    let refused = FileSink::open(folder.path(), FileSinkOptions::default()).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
    first.close().await.unwrap();
}

#[tokio::test]
async fn a_disk_that_cant_be_written_is_an_error_and_what_was_stored_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut options) = stepped();
    options.rotate_bytes = 1;
    let sink = FileSink::open(folder.path(), options).unwrap();
    sink.store("first\n".into()).await.unwrap();
    // A file stands where the year's folder should: the finished file can't be moved, but its lines are safe.
    fs::write(folder.path().join("2025"), "").unwrap();
    sink.store("second\n".into()).await.unwrap();
    assert!(raw_files(folder.path()).is_empty());
    fs::remove_file(folder.path().join("2025")).unwrap();
    sink.close().await.unwrap();
    let mut lines = lines_below(folder.path());
    lines.sort();
    assert_eq!(lines, ["first", "second"]);
}

#[tokio::test]
async fn a_spool_survives_a_torn_tail() {
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions::durable(folder.path());
    let spool = Spool::open(&options).unwrap().unwrap();
    spool.store("kept\n".into()).await.unwrap();
    spool.close().await.unwrap();
    drop(spool);
    let segment = folder.path().join("00000000000000000001.spool");
    let mut bytes = fs::read(&segment).unwrap();
    bytes.extend_from_slice(&bytes.clone()[..9]);
    fs::write(&segment, bytes).unwrap();
    let spool = Spool::open(&options).unwrap().unwrap();
    spool.store("later\n".into()).await.unwrap();
    let memory = MemorySink::default();
    while spool.drain_some(&memory).await.unwrap() {}
    assert_eq!(memory.lines(), ["kept", "later"]);
    assert_eq!(spool.waiting_bytes(), 0);
}

#[tokio::test]
async fn what_was_drained_is_not_drained_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions::durable(folder.path());
    let memory = MemorySink::default();
    let spool = Spool::open(&options).unwrap().unwrap();
    // Two chunks' worth, of which one is drained.
    let large = format!("{}\n", "x".repeat(3 * 1024 * 1024));
    spool.store(large.clone().into()).await.unwrap();
    spool.store("second\n".into()).await.unwrap();
    assert!(spool.drain_some(&memory).await.unwrap());
    drop(spool);
    let spool = Spool::open(&options).unwrap().unwrap();
    while spool.drain_some(&memory).await.unwrap() {}
    assert_eq!(memory.lines().len(), 2);
    assert_eq!(memory.lines()[1], "second");
}

#[tokio::test]
async fn a_full_spool_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        bytes_max: 100,
        ..SpoolOptions::durable(folder.path())
    };
    let spool = Spool::open(&options).unwrap().unwrap();
    spool
        .store(format!("{}\n", "x".repeat(80)).into())
        .await
        .unwrap();
    assert!(matches!(
        spool.store(format!("{}\n", "y".repeat(80)).into()).await,
        Err(SinkError::Full)
    ));
    let memory = MemorySink::default();
    assert!(spool.drain_some(&memory).await.unwrap());
    spool.store("room again\n".into()).await.unwrap();
}

#[test]
fn a_disk_that_dies_with_its_host_holds_no_spool() {
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        disk_outlives_host: false,
        ..SpoolOptions::durable(folder.path().join("spool"))
    };
    assert!(Spool::open(&options).unwrap().is_none());
    assert!(!folder.path().join("spool").exists());
}

#[tokio::test]
async fn while_the_sink_fails_lines_wait_and_then_follow_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Arc::new(MemorySink::default());
    let options = SpoolOptions {
        retry_after: Duration::from_millis(5),
        ..SpoolOptions::durable(folder.path())
    };
    let spool = Spool::open(&options).unwrap().unwrap();
    let sink = SpooledSink::new(Arc::clone(&memory) as _, spool);
    sink.store("0\n".into()).await.unwrap();
    memory.fail(true);
    for n in 1..=5 {
        sink.store(format!("{n}\n").into()).await.unwrap();
    }
    assert_eq!(memory.lines(), ["0"]);
    assert!(sink.ready());
    assert!(gauge(&sink, "eyeline_spool_waiting_bytes") > 0.0);
    assert_eq!(gauge(&sink, "eyeline_sink_failing"), 1.0);
    memory.fail(false);
    let mut waiting = sink.watch_waiting();
    waiting.wait_for(|bytes| *bytes == 0).await.unwrap();
    assert_eq!(memory.lines(), ["0", "1", "2", "3", "4", "5"]);
    sink.store("6\n".into()).await.unwrap();
    waiting.wait_for(|bytes| *bytes == 0).await.unwrap();
    assert_eq!(memory.lines().last().unwrap(), "6");
    sink.close().await.unwrap();
}

#[tokio::test]
async fn a_spooled_batch_is_acknowledged_and_drained_by_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions::durable(folder.path());
    let memory = Arc::new(MemorySink::default());
    memory.fail(true);
    let sink = SpooledSink::new(
        Arc::clone(&memory) as _,
        Spool::open(&options).unwrap().unwrap(),
    );
    let door = Door::before(Arc::new(sink), Arc::clone(&memory), keys(), |builder| {
        builder
    })
    .await;
    door.send_batch(&renders([1])).await.assert_taken(1);
    assert!(
        door.get("/metrics")
            .await
            .text
            .contains("eyeline_spooled_calls 1")
    );
    door.stop().await.unwrap();
    assert!(memory.lines().is_empty());
    let spool = Spool::open(&options).unwrap().unwrap();
    let later = MemorySink::default();
    while spool.drain_some(&later).await.unwrap() {}
    assert_eq!(later.lines().len(), 1);
}

#[tokio::test]
async fn a_stopped_collector_leaves_finished_files() {
    let folder = tempfile::tempdir().unwrap();
    let sink = Arc::new(FileSink::open(folder.path(), FileSinkOptions::default()).unwrap());
    let door = Door::before(sink, Arc::default(), keys(), |builder| builder).await;
    for n in 1..=3 {
        door.send_batch(&renders([n])).await.assert_taken(1);
    }
    door.stop().await.unwrap();
    assert_eq!(lines_below(folder.path()).len(), 3);
}
