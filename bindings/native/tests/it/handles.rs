//! Building, flushing, shutting down and dropping: in sync code, in async code, on the app's runtime or on none.

use std::time::Duration;

use eyeline::{BuildError, Client, Consent, Flushed, InvalidEndpoint, NotRecorded, SteppedClock};
use tokio::runtime::{Builder, Runtime};

use crate::collector::{Collector, Reply};
use crate::support::{Bench, LONG, START, order, orders};

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn sync_code_needs_no_runtime() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let bench = Bench::new(&collector);
    bench.track(0..10);
    assert_eq!(bench.client.flush(LONG).wait(), Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..10));
}

#[test]
fn blocking_inside_a_runtime_with_one_thread_does_not_hang() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let app = Builder::new_current_thread().build().unwrap();
    app.block_on(async {
        let bench = Bench::new(&collector);
        bench.track([1]);
        assert_eq!(bench.client.flush(LONG).wait(), Flushed::Complete);
    });
    assert_eq!(collector.orders(), orders([1]));
}

#[test]
fn many_clients_share_a_runtime() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let shared = runtime();
    let clock = SteppedClock::new(START);
    let benches: Vec<Bench> = (0..50)
        .map(|_| {
            let on_shared =
                |builder: eyeline::Builder| builder.in_memory().runtime(shared.handle().clone());
            Bench::at(clock.clone(), &collector.url(), on_shared)
        })
        .collect();
    for (number, bench) in (0..).zip(&benches) {
        bench.track([number]);
    }
    for bench in &benches {
        assert_eq!(bench.client.flush(LONG).wait(), Flushed::Complete);
    }
    let mut found = collector.orders();
    found.sort_by_key(|number| number.parse::<u32>().unwrap());
    assert_eq!(found, orders(0..50));
}

#[test]
fn dropping_the_last_handle_sends_what_is_queued() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let bench = Bench::with(&collector, |builder| builder.in_memory().drop_timeout(LONG));
    let clone = bench.client.clone();
    bench.track([1]);
    drop(bench);
    assert_eq!(collector.orders(), orders([]));
    drop(clone);
    assert_eq!(collector.orders(), orders([1]));
}

#[test]
fn dropping_does_not_wait_beyond_its_time() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let directory = tempfile::tempdir().unwrap();
    collector.script([Reply::Hang]);
    let brief = Duration::from_millis(50);
    let bench = Bench::with(&collector, |builder| {
        builder.directory(directory.path()).drop_timeout(brief)
    });
    bench.track([1]);
    let clock = bench.clock.clone();
    drop(bench);
    // The worker of the dropped client frees the directory as it ends.
    let bench = std::iter::from_fn(|| Some(try_again(&clock, &collector, directory.path())))
        .flatten()
        .next()
        .unwrap();
    assert_eq!(bench.client.flush(LONG).wait(), Flushed::Complete);
    assert_eq!(collector.orders(), orders([1]));
}

fn try_again(
    clock: &SteppedClock,
    collector: &Collector,
    directory: &std::path::Path,
) -> Option<Bench> {
    let builder = Client::builder(&collector.url(), "key-1", "zozo-men").directory(directory);
    match builder.consent(Consent::Full).clock(clock).build() {
        Ok(client) => Some(Bench {
            client,
            clock: clock.clone(),
        }),
        Err(BuildError::Journal(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_flush_ends_at_its_deadline() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    collector.script([Reply::Hang]);
    let bench = Bench::with(&collector, |builder| {
        builder.in_memory().drop_timeout(Duration::ZERO)
    });
    bench.track([1]);
    let brief = Duration::from_millis(20);
    assert_eq!(bench.client.flush(brief).wait(), Flushed::TimedOut);
    assert_eq!(
        backend.block_on(bench.client.flush(brief)),
        Flushed::TimedOut
    );
}

#[test]
fn a_client_that_was_shut_down_says_so() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let bench = Bench::new(&collector);
    bench.track([1]);
    let captured = bench.client.stats().captured;
    assert_eq!(bench.client.shutdown(LONG).wait(), Flushed::Complete);
    assert_eq!(bench.client.track(order("2")), Err(NotRecorded::Stopped));
    assert_eq!(bench.client.flush(LONG).wait(), Flushed::Stopped);
    assert_eq!(bench.client.shutdown(LONG).wait(), Flushed::Stopped);
    assert_eq!(bench.client.stats().delivered, captured);
}

#[test]
fn events_tracked_after_the_runtime_is_gone_are_kept_for_the_next_start() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let directory = tempfile::tempdir().unwrap();
    let shared = runtime();
    let bench = Bench::with(&collector, |builder| {
        builder
            .directory(directory.path())
            .runtime(shared.handle().clone())
    });
    drop(shared);
    bench.track([1]);
    assert_eq!(bench.client.flush(LONG).wait(), Flushed::Stopped);
    drop(bench);
    let bench = Bench::in_directory(&collector, directory.path());
    assert_eq!(bench.client.flush(LONG).wait(), Flushed::Complete);
    assert_eq!(collector.orders(), orders([1]));
}

#[test]
fn a_runtime_that_is_gone_before_it_ran_the_client_ends_waits_too() {
    let backend = runtime();
    let collector = backend.block_on(Collector::start());
    let never_driven = Builder::new_current_thread().enable_all().build().unwrap();
    let bench = Bench::with(&collector, |builder| {
        builder.in_memory().runtime(never_driven.handle().clone())
    });
    drop(never_driven);
    assert_eq!(bench.client.flush(LONG).wait(), Flushed::Stopped);
}

#[test]
fn settings_that_can_not_work_are_named() {
    let build = |endpoint: &str, key: &str, affiliate: &str| {
        Client::builder(endpoint, key, affiliate)
            .in_memory()
            .build()
            .unwrap_err()
    };
    let plain = build("http://collect.example.com", "k", "a");
    assert!(matches!(
        plain,
        BuildError::Endpoint(InvalidEndpoint::NotHttps)
    ));
    assert!(matches!(
        build("http://localhost:1", "", "a"),
        BuildError::Endpoint(InvalidEndpoint::WriteKey)
    ));
    assert!(matches!(
        build("http://localhost:1", "k", ""),
        BuildError::Affiliate(_)
    ));
    let homeless = Client::builder("http://localhost:1", "k", "a")
        .build()
        .unwrap_err();
    assert!(homeless.to_string().contains("directory(path)"));
    let hasty = Client::builder("http://localhost:1", "k", "a")
        .in_memory()
        .request_timeout(Duration::ZERO);
    assert!(matches!(
        hasty.build().unwrap_err(),
        BuildError::ZeroTime {
            what: "request_timeout"
        }
    ));
}
