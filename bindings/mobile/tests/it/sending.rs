//! What becomes of events when the network or the collector does not do its part.

use std::sync::Arc;

use eyeline_mobile::{FlushResult, LossReason, TransportError};

use crate::world::{Bench, Gate, LONG_MS, Reply, order, say, teaser};

#[test]
fn a_request_goes_below_the_endpoint_with_key_and_tag() {
    let bench = Bench::with(|config| config.debug_tag = Some("tag-1".to_owned()), None);
    bench.client.convert(order("1"));
    bench.client.flush(LONG_MS);
    let request = bench.collector.requests().remove(0);
    let (before, after) = request.url.split_once('?').unwrap();
    assert_eq!(before, "https://collect.example.com/in/v1/batch");
    assert!(after.ends_with("&k=key-1&g=tag-1"), "{after}");
    assert_eq!(request.timeout_ms, 30_000);
}

#[test]
fn whatever_goes_wrong_on_the_way_everything_arrives_once() {
    let bench = Bench::new();
    bench.collector.script([
        Reply::Fail(TransportError::Unreachable),
        Reply::Fail(TransportError::TimedOut),
        say(503, Some("2"), ""),
        say(200, None, "<html>Welcome to our hotel</html>"),
        say(302, None, ""),
        Reply::Panic,
    ]);
    for number in 0..10 {
        bench.client.convert(order(&number.to_string()));
    }
    bench.client.flush(LONG_MS);
    while bench.client.stats().queued > 0 {
        bench.pass_back_off();
    }
    let stats = bench.client.stats();
    assert_eq!((stats.captured, stats.delivered), (10, 10));
    assert_eq!(bench.collector.taken().len(), 10);
    assert_eq!(bench.collector.requests().len(), 7);
}

#[test]
fn a_servers_delay_is_kept_to() {
    let bench = Bench::new();
    bench.collector.script([say(429, Some("120"), "")]);
    bench.client.convert(order("1"));
    bench.client.flush(LONG_MS);
    bench.pass(119_000);
    assert_eq!(bench.collector.requests().len(), 1);
    bench.pass(LONG_MS);
    assert_eq!(bench.collector.orders().len(), 1);
}

#[test]
fn what_the_collector_rejects_is_counted() {
    let bench = Bench::new();
    bench.collector.script([Reply::Reject(vec![2])]);
    for number in 0..3 {
        bench.client.convert(order(&number.to_string()));
    }
    assert_eq!(bench.client.flush(LONG_MS), FlushResult::Complete);
    let stats = bench.client.stats();
    assert_eq!(stats.delivered, 2);
    assert_eq!(
        stats
            .lost
            .iter()
            .map(|loss| (loss.reason, loss.events))
            .collect::<Vec<_>>(),
        [(LossReason::Refused, 1)]
    );
}

#[test]
fn views_go_on_counting_while_a_request_hangs() {
    let bench = Bench::new();
    let gate = Arc::new(Gate::default());
    bench.collector.script([Reply::WaitFor(Arc::clone(&gate))]);
    let view = bench.client.impression(teaser("item-14"));
    bench.client.visible(view, 1.0, 300.0, 250.0);
    let client = Arc::clone(&bench.client);
    let flush = std::thread::spawn(move || client.flush(LONG_MS));
    gate.reached();
    // Viewable and dwell at 1 s, dwell at 2 s and 5 s: the worker looks at the view while nobody answers.
    for (ms, captured) in [(1_000, 3), (1_000, 4), (3_000, 5)] {
        bench.clock.advance(ms);
        while bench.client.stats().captured < captured {
            std::thread::yield_now();
        }
    }
    gate.open();
    flush.join().unwrap();
    bench.client.hide(view, "gone".to_owned());
    bench.client.flush(LONG_MS);
    let taken = bench.collector.taken();
    let last_dwell = taken.iter().rfind(|event| event["k"] == "dwell").unwrap();
    assert_eq!(last_dwell["vis"], 5_000);
}

#[test]
fn a_flush_waits_no_longer_than_its_timeout() {
    let bench = Bench::new();
    let gate = Arc::new(Gate::default());
    bench.collector.script([Reply::WaitFor(Arc::clone(&gate))]);
    bench.client.convert(order("1"));
    assert_eq!(bench.client.flush(1), FlushResult::TimedOut);
    // At that moment the worker says what is kept and the caller gives up: either may be first.
    let told = bench.client.shutdown(1);
    let in_time = [FlushResult::Kept { events: 1 }, FlushResult::TimedOut];
    assert!(in_time.contains(&told), "{told:?}");
    assert_eq!(bench.client.flush(LONG_MS), FlushResult::Stopped);
    gate.open();
}

#[test]
fn after_a_shutdown_every_call_returns_and_records_nothing() {
    let bench = Bench::new();
    bench.client.convert(order("1"));
    assert_eq!(bench.client.shutdown(LONG_MS), FlushResult::Complete);
    assert_eq!(bench.client.convert(order("2")), 0);
    assert_eq!(bench.client.impression(teaser("item-14")), 0);
    assert_eq!(bench.client.shutdown(LONG_MS), FlushResult::Stopped);
    assert_eq!(bench.client.stats().delivered, 1);
}
