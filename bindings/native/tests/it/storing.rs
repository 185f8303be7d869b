//! What a directory keeps across starts, and what it must not hold.

use std::fs;
use std::path::Path;
use std::time::Duration;

use eyeline::journal::OpenError;
use eyeline::{BuildError, Builder, Client, Consent, Flushed};

use crate::collector::{Collector, Reply};
use crate::support::{Bench, LONG, orders};

fn bytes(directory: &Path) -> u64 {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum()
}

#[tokio::test]
async fn what_was_not_sent_is_sent_after_the_next_start() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let bench = Bench::in_directory(&collector, directory.path());
    collector.script([Reply::code(429)]);
    bench.track(0..150);
    assert!(matches!(
        bench.client.shutdown(LONG).await,
        Flushed::Kept { .. }
    ));
    let bench = Bench::in_directory(&collector, directory.path());
    bench.track(150..160);
    bench.pass(Duration::from_secs(3600)).await;
    assert_eq!(bench.flush().await, Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..160));
    let stats = bench.client.stats();
    assert_eq!((stats.captured, stats.lost.len()), (stats.delivered, 0));
}

#[tokio::test]
async fn a_back_off_outlives_the_process() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let bench = Bench::in_directory(&collector, directory.path());
    let header = Some(("retry-after", "600".to_owned()));
    collector.script([Reply::Say {
        code: 503,
        header,
        body: "",
    }]);
    bench.track([1]);
    bench.client.shutdown(LONG).await;
    let bench = Bench::in_directory(&collector, directory.path());
    bench.flush().await;
    assert_eq!(collector.requests().len(), 1);
    assert!(
        bench
            .client
            .stats()
            .blocked_for
            .is_some_and(|wait| wait > Duration::from_secs(500))
    );
    bench.pass_back_off().await;
    assert_eq!(collector.orders(), orders([1]));
}

#[tokio::test]
async fn while_consent_is_pending_no_byte_reaches_the_disk_and_none_the_network() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let path = directory.path().join("events");
    let pending = |builder: Builder| builder.directory(&path).consent(Consent::Pending);
    let bench = Bench::with(&collector, pending);
    bench.track(0..300);
    assert!(matches!(bench.flush().await, Flushed::Kept { .. }));
    bench.pass(Duration::from_secs(3600)).await;
    assert_eq!((bytes(&path), collector.requests().len()), (0, 0));
    bench.client.shutdown(LONG).await;
    assert_eq!((bytes(&path), collector.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_choice_for_consent_stores_and_sends_what_was_kept_in_memory() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let pending = |builder: Builder| {
        builder
            .directory(directory.path())
            .consent(Consent::Pending)
    };
    let bench = Bench::with(&collector, pending);
    bench.track(0..300);
    bench.client.set_consent(Consent::MeasureOnly);
    assert!(bytes(directory.path()) > 0);
    assert_eq!(bench.flush().await, Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..300));
}

#[tokio::test]
async fn a_choice_against_consent_leaves_no_event_on_disk() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let bench = Bench::in_directory(&collector, directory.path());
    let secret = "order-of-a-visitor";
    bench.client.track(crate::support::order(secret)).unwrap();
    let holds_secret = || {
        fs::read_dir(directory.path()).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        })
    };
    assert!(holds_secret());
    bench.client.set_consent(Consent::Denied);
    assert!(!holds_secret());
    bench.flush().await;
    assert_eq!(collector.requests().len(), 0);
}

#[tokio::test]
async fn a_directory_has_one_client_at_a_time() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let bench = Bench::in_directory(&collector, directory.path());
    let second = || {
        Client::builder(&collector.url(), "key-1", "zozo-men")
            .directory(directory.path())
            .build()
    };
    let refused = second().unwrap_err();
    assert!(matches!(
        refused,
        BuildError::Journal(OpenError::InUse { .. })
    ));
    assert!(
        refused
            .to_string()
            .contains("already in use by another process")
    );
    bench.client.shutdown(LONG).await;
    assert!(second().is_ok());
}

#[tokio::test]
async fn delivered_events_leave_the_disk() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let bench = Bench::with(&collector, |builder| {
        builder
            .directory(directory.path())
            .sync_every(Duration::ZERO)
    });
    for part in 0..40 {
        bench.track(part * 1000..(part + 1) * 1000);
        assert_eq!(bench.flush().await, Flushed::Complete);
    }
    assert_eq!(collector.orders().len(), 40_000);
    bench.client.shutdown(LONG).await;
    assert!(
        bytes(directory.path()) < 4 * 1024 * 1024,
        "{} bytes",
        bytes(directory.path())
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_store_that_fails_is_counted_and_the_client_goes_on_in_memory() {
    let (collector, directory) = (Collector::start().await, tempfile::tempdir().unwrap());
    let path = directory.path().join("events");
    let bench = Bench::with(&collector, |builder| {
        builder.directory(&path).consent(Consent::Pending)
    });
    // Nothing was written yet. Gone, the directory takes no file.
    fs::remove_dir_all(&path).unwrap();
    bench.client.set_consent(Consent::Full);
    bench.track(0..10);
    assert!(bench.client.stats().storage_failures > 0);
    assert_eq!(bench.flush().await, Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..10));
}
