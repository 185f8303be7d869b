//! One suite that every sink passes.
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use eyeline_collector::{
    EventSink, FileSink, FileSinkOptions, MemorySink, SinkError, Spool, SpoolOptions, SpooledSink,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use tempfile::TempDir;

use crate::support::{lines_below, raw_files};

/// A sink, and how to see what it has stored once it is closed.
struct Subject {
    sink: Arc<dyn EventSink>,
    stored: Box<dyn FnOnce() -> BoxFuture<'static, Vec<String>>>,
    _folder: TempDir,
}

fn memory() -> Subject {
    let sink = Arc::new(MemorySink::default());
    let seen = Arc::clone(&sink);
    let stored = move || async move { seen.lines() }.boxed();
    Subject {
        sink,
        stored: Box::new(stored),
        _folder: tempfile::tempdir().unwrap(),
    }
}

fn file() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let sink = Arc::new(FileSink::open(&root, FileSinkOptions::default()).unwrap());
    Subject {
        sink,
        stored: Box::new(move || async move { lines_below(&root) }.boxed()),
        _folder: folder,
    }
}

/// What a spool at this path holds, drained into memory.
async fn drained(path: &Path) -> Vec<String> {
    let spool = Spool::open(&SpoolOptions::durable(path)).unwrap().unwrap();
    let memory = MemorySink::default();
    while spool.drain_some(&memory).await.unwrap() {}
    memory.lines()
}

fn spool() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let sink = Arc::new(Spool::open(&SpoolOptions::durable(&path)).unwrap().unwrap());
    Subject {
        sink,
        stored: Box::new(move || async move { drained(&path).await }.boxed()),
        _folder: folder,
    }
}

/// A spool behind a sink that works, or behind one that never does.
fn spooled(failing: bool) -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let memory = Arc::new(MemorySink::default());
    memory.fail(failing);
    let seen = Arc::clone(&memory);
    let spool = Spool::open(&SpoolOptions::durable(&path)).unwrap().unwrap();
    let stored = move || async move { [seen.lines(), drained(&path).await].concat() }.boxed();
    Subject {
        sink: Arc::new(SpooledSink::new(memory, spool)),
        stored: Box::new(stored),
        _folder: folder,
    }
}

async fn calls_are_stored_whole_and_in_order(subject: Subject) {
    for n in 0..20 {
        subject
            .sink
            .store(format!("{n} first\n{n} second\n").into())
            .await
            .unwrap();
    }
    subject.sink.close().await.unwrap();
    drop(subject.sink);
    let expected: Vec<String> = (0..20)
        .flat_map(|n| [format!("{n} first"), format!("{n} second")])
        .collect();
    assert_eq!((subject.stored)().await, expected);
}

async fn concurrent_calls_are_each_stored_once(subject: Subject) {
    let calls = (0..200).map(|n| {
        let sink = Arc::clone(&subject.sink);
        tokio::spawn(async move { sink.store(format!("{n}a\n{n}b\n").into()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    subject.sink.close().await.unwrap();
    drop(subject.sink);
    let stored = (subject.stored)().await;
    assert_eq!(stored.len(), 400);
    let pairs: BTreeSet<_> = stored
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect();
    assert_eq!(
        pairs,
        (0..200)
            .map(|n| (format!("{n}a"), format!("{n}b")))
            .collect()
    );
}

async fn a_large_call_is_stored_whole(subject: Subject) {
    let line = "x".repeat(2 * 1024 * 1024);
    subject
        .sink
        .store(Bytes::from(format!("{line}\n")))
        .await
        .unwrap();
    subject.sink.close().await.unwrap();
    drop(subject.sink);
    assert!((subject.stored)().await == [line]);
}

async fn a_closed_sink_refuses_and_says_so(subject: Subject) {
    assert!(subject.sink.ready());
    subject.sink.store("before\n".into()).await.unwrap();
    subject.sink.close().await.unwrap();
    assert!(!subject.sink.ready());
    assert!(matches!(
        subject.sink.store("after\n".into()).await,
        Err(SinkError::Closed)
    ));
    drop(subject.sink);
    assert_eq!((subject.stored)().await, ["before"]);
}

macro_rules! suite {
    ($($name:ident: $subject:expr;)+) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn calls_are_stored_whole_and_in_order() {
                super::calls_are_stored_whole_and_in_order($subject).await;
            }
            #[tokio::test]
            async fn concurrent_calls_are_each_stored_once() {
                super::concurrent_calls_are_each_stored_once($subject).await;
            }
            #[tokio::test]
            async fn a_large_call_is_stored_whole() {
                super::a_large_call_is_stored_whole($subject).await;
            }
            #[tokio::test]
            async fn a_closed_sink_refuses_and_says_so() {
                super::a_closed_sink_refuses_and_says_so($subject).await;
            }
        }
    )+};
}

suite! {
    memory_sink: memory();
    file_sink: file();
    spool_alone: spool();
    spooled_sink_that_works: spooled(false);
    spooled_sink_that_fails: spooled(true);
}

#[test]
fn open_files_are_no_raw_files() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join(".open")).unwrap();
    std::fs::write(folder.path().join(".open/x.gz"), "").unwrap();
    assert_eq!(raw_files(folder.path()), Vec::<PathBuf>::new());
}
