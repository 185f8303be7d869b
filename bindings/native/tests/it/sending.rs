//! Each answer a collector, a proxy or a broken network can give, and what becomes of the events.

use std::time::Duration;

use eyeline::{Flushed, LossReason};
use tokio::net::TcpListener;

use crate::collector::{Collector, Reply, Silent};
use crate::support::{Bench, LONG, START, is_id, order, orders};

#[tokio::test]
async fn what_was_tracked_arrives_once_and_in_order() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    bench.track(0..250);
    assert_eq!(bench.flush().await, Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..250));
    let numbers: Vec<u64> = collector.taken().iter().map(|event| event.n).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]));
    let stats = bench.client.stats();
    assert_eq!(
        (stats.captured, stats.queued, stats.lost.len()),
        (stats.delivered, 0, 0)
    );
}

#[tokio::test]
async fn every_request_carries_the_key_and_its_clocks() {
    let collector = Collector::start().await;
    let bench = Bench::with(&collector, |builder| builder.in_memory().debug_tag("me"));
    bench.pass(Duration::from_millis(250)).await;
    bench.track([1]);
    bench.flush().await;
    let request = &collector.requests()[0];
    let value = |key: &str| request.query.get(key).map(String::as_str);
    let wall = START
        .wall
        .plus(Duration::from_millis(250))
        .as_i64()
        .to_string();
    assert_eq!(request.path, "batch");
    assert_eq!(
        (value("k"), value("g"), value("a")),
        (Some("key-1"), Some("me"), Some("1"))
    );
    assert_eq!((value("w"), value("s")), (Some(&*wall), Some("250")));
    assert!(is_id(&request.events[0].inst));
}

#[tokio::test]
async fn a_batch_is_sent_when_it_is_old_enough_without_a_flush() {
    let collector = Collector::start().await;
    let bench = Bench::with(&collector, |builder| {
        builder.in_memory().batch_age(Duration::from_secs(5))
    });
    bench.track([1]);
    bench.pass(Duration::from_millis(4_999)).await;
    assert_eq!(collector.orders(), orders([]));
    bench.pass(Duration::from_millis(1)).await;
    assert_eq!(collector.orders(), orders([1]));
}

#[tokio::test]
async fn events_refused_one_by_one_are_counted_and_the_rest_is_delivered() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    let refused = bench.client.track(order("1")).unwrap();
    bench.track([2]);
    collector.script([Reply::Reject(vec![refused])]);
    assert_eq!(bench.flush().await, Flushed::Complete);
    let stats = bench.client.stats();
    assert_eq!(stats.lost, [(LossReason::Refused, 1)].into());
    assert_eq!(stats.captured, stats.delivered + 1);
    bench.track([3]);
    bench.flush().await;
    assert_eq!(collector.requests()[1].loss["refused"], 1);
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_split_and_loses_nothing() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    collector.script([Reply::code(413), Reply::code(413)]);
    bench.track(0..64);
    assert_eq!(bench.flush().await, Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..64));
    assert!(collector.requests().len() >= 5);
}

#[tokio::test]
async fn a_malformed_batch_is_refused_for_good() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    collector.script([Reply::code(400)]);
    bench.track([1]);
    assert_eq!(bench.flush().await, Flushed::Complete);
    assert_eq!(
        bench.client.stats().lost.keys().collect::<Vec<_>>(),
        [&LossReason::Refused]
    );
}

#[tokio::test]
async fn a_server_delay_outranks_our_own() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    let header = Some(("retry-after", "120".to_owned()));
    collector.script([Reply::Say {
        code: 429,
        header,
        body: "",
    }]);
    bench.track([1]);
    let events = bench.client.stats().captured;
    assert_eq!(bench.flush().await, Flushed::Kept { events });
    bench.pass(Duration::from_millis(119_999)).await;
    assert_eq!(collector.requests().len(), 1);
    bench.pass_back_off().await;
    assert_eq!(collector.orders(), orders([1]));
}

#[tokio::test]
async fn no_answer_but_a_verdict_ends_an_event() {
    let login = "<html>Welcome to the airport! Please log in.</html>";
    let elsewhere = Some(("location", "http://127.0.0.1:9/login".to_owned()));
    let kept = [
        Reply::code(500),
        Reply::code(503),
        Reply::code(404),
        Reply::code(408),
        Reply::Say {
            code: 200,
            header: None,
            body: login,
        },
        Reply::Say {
            code: 200,
            header: None,
            body: r#"{"v":1,"ok":99,"rejected":[]}"#,
        },
        Reply::Say {
            code: 302,
            header: elsewhere,
            body: "",
        },
        Reply::BreakOff,
    ];
    for reply in kept {
        let collector = Collector::start().await;
        let bench = Bench::new(&collector);
        collector.script([reply.clone(), reply.clone()]);
        bench.track([1, 2]);
        let events = bench.client.stats().captured;
        assert_eq!(bench.flush().await, Flushed::Kept { events }, "{reply:?}");
        bench.pass_back_off().await;
        bench.pass_back_off().await;
        assert_eq!(collector.orders(), orders([1, 2]), "{reply:?}");
        let requests = collector.requests();
        assert!(
            requests
                .iter()
                .all(|request| request.body == requests[0].body),
            "a sealed batch is never rewritten"
        );
        assert_eq!(requests[2].query["a"], "3");
        assert_eq!(bench.client.stats().lost.len(), 0, "{reply:?}");
    }
}

#[tokio::test]
async fn a_refused_key_stops_sending_for_a_day() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    collector.script([Reply::code(401)]);
    bench.track([1]);
    bench.flush().await;
    bench.pass(Duration::from_secs(86_399)).await;
    assert_eq!(collector.requests().len(), 1);
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(collector.orders(), orders([1]));
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_on() {
    let collector = Collector::start().await;
    let quick = Duration::from_millis(100);
    let bench = Bench::with(&collector, |builder| {
        builder.in_memory().request_timeout(quick)
    });
    collector.script([Reply::Hang]);
    bench.track([1]);
    assert!(matches!(bench.flush().await, Flushed::Kept { .. }));
    bench.pass_back_off().await;
    assert_eq!(collector.orders(), orders([1]));
}

#[tokio::test]
async fn a_connection_reset_keeps_the_batch() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Dropped with its bytes unread, a connection is reset.
    let rude = tokio::spawn(async move {
        drop(listener.accept().await.unwrap());
        listener
    });
    let bench = Bench::at(
        eyeline::SteppedClock::new(START),
        &format!("http://{address}"),
        eyeline::Builder::in_memory,
    );
    bench.track([1]);
    assert!(matches!(bench.flush().await, Flushed::Kept { .. }));
    let collector = Collector::listen(rude.await.unwrap());
    bench.pass_back_off().await;
    assert_eq!(collector.orders(), orders([1]));
}

#[tokio::test]
async fn https_is_never_taken_for_http() {
    let collector = Collector::start().await;
    let url = format!("https://localhost:{}", collector.address().port());
    let bench = Bench::at(
        eyeline::SteppedClock::new(START),
        &url,
        eyeline::Builder::in_memory,
    );
    bench.track([1]);
    assert!(matches!(bench.flush().await, Flushed::Kept { .. }));
    assert_eq!(collector.requests().len(), 0);
}

#[tokio::test]
async fn what_was_tracked_offline_arrives_once_online() {
    let silent = Silent::hold();
    let bench = Bench::at(
        eyeline::SteppedClock::new(START),
        &silent.url(),
        eyeline::Builder::in_memory,
    );
    for part in 0..5 {
        bench.track(part * 50..(part + 1) * 50);
        bench.pass(Duration::from_secs(600)).await;
    }
    assert!(bench.client.stats().failures > 0);
    let collector = silent.start();
    bench.pass(Duration::from_secs(600)).await;
    assert_eq!(bench.client.flush(LONG).await, Flushed::Complete);
    assert_eq!(collector.orders(), orders(0..250));
}

#[tokio::test]
async fn a_wish_to_be_forgotten_reaches_the_collector() {
    let collector = Collector::start().await;
    let bench = Bench::new(&collector);
    bench.track([1]);
    bench.client.forget();
    bench.track([2]);
    bench.flush().await;
    let forget: Vec<_> = collector
        .requests()
        .into_iter()
        .filter(|request| request.path == "forget")
        .collect();
    let body: serde_json::Value = serde_json::from_slice(&forget[0].body).unwrap();
    assert_eq!(body["aff"], "zozo-men");
    assert!(is_id(body["anon"].as_str().unwrap()));
    assert_eq!(collector.orders(), orders([2]));
}
