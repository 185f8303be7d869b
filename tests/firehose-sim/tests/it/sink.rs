//! The collector's sink, through AWS's SDK: what it acknowledged is delivered, whatever fails.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_firehose::config::{Credentials, SharedCredentialsProvider};
use eyeline_collector::{EventSink, FirehoseError, FirehoseOptions, FirehoseSink, SinkError};
use eyeline_firehose_sim::{Faults, StreamSettings};
use futures::future::join_all;

use crate::world::World;

fn options(streams: &[&str]) -> FirehoseOptions {
    FirehoseOptions::new(
        streams
            .iter()
            .map(|stream| stream.parse().unwrap())
            .collect(),
    )
}

fn sink(world: &World, options: FirehoseOptions) -> FirehoseSink {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(world.sim.url())
        .build();
    FirehoseSink::with(&config, options).unwrap()
}

/// 100 batches of 60 lines, as concurrent requests bring them.
async fn store_a_hundred(sink: &FirehoseSink) -> Vec<Result<(), SinkError>> {
    let batches = (0..100).map(|batch| {
        let lines: String = (0..60)
            .map(|n| format!("{batch}.{n} {}\n", "x".repeat(200)))
            .collect();
        sink.store(lines.into())
    });
    join_all(batches).await
}

async fn delivered(world: &World) -> Vec<String> {
    world.sim.flush().await;
    let mut lines = world.lines("2").await;
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn a_third_of_the_entries_failing_costs_no_line_and_doubles_none() {
    let world = World::plain().await;
    world.sim.set_faults(Faults {
        fail_entries: 0.3,
        throttle_calls: 0.1,
        ..Faults::default()
    });
    let sink = sink(&world, options(&["eyeline"]));
    assert!(store_a_hundred(&sink).await.iter().all(Result::is_ok));
    sink.close().await.unwrap();
    let lines = delivered(&world).await;
    let mut once = lines.clone();
    once.dedup();
    assert_eq!((lines.len(), once.len()), (6_000, 6_000));
}

#[tokio::test]
async fn an_answer_that_is_lost_doubles_lines_and_loses_none() {
    let world = World::plain().await;
    world.sim.set_faults(Faults {
        lose_answers: 0.5,
        ..Faults::default()
    });
    let sink = sink(&world, options(&["eyeline"]));
    assert!(store_a_hundred(&sink).await.iter().all(Result::is_ok));
    let mut lines = delivered(&world).await;
    lines.dedup();
    assert_eq!(lines.len(), 6_000);
}

#[tokio::test]
async fn batches_share_calls_records_and_billed_steps() {
    let world = World::plain().await;
    let mut options = options(&["eyeline"]);
    options.calls_in_flight = 1;
    let sink = sink(&world, options);
    store_a_hundred(&sink).await;
    let counts = world.sim.counts();
    assert!(counts.calls <= 3 && counts.taken <= 6, "{counts:?}");
    assert!(counts.billed_bytes - counts.bytes < 5_120 * counts.taken);
}

#[tokio::test]
async fn throttling_that_does_not_end_is_told_and_nothing_is_acknowledged() {
    let world = World::plain().await;
    world.sim.set_faults(Faults {
        throttle_calls: 1.0,
        ..Faults::default()
    });
    let mut options = options(&["eyeline"]);
    options.give_up_after = std::time::Duration::ZERO;
    let sink = sink(&world, options);
    let told = sink.store("x\n".into()).await;
    assert!(matches!(told, Err(SinkError::Throttled)), "{told:?}");
    assert!(!sink.ready());
    assert_eq!(world.sim.counts().taken, 0);
}

#[tokio::test]
async fn a_missing_stream_is_named_at_once() {
    let world = World::plain().await;
    let sink = sink(&world, options(&["nowhere"]));
    let told = sink.store("x\n".into()).await.unwrap_err().to_string();
    assert!(
        told.contains("ResourceNotFoundException") && told.contains("nowhere"),
        "{told}"
    );
    assert_eq!(world.sim.counts().calls, 0);
}

#[tokio::test]
async fn write_keys_choose_their_stream() {
    let streams = ["eyeline", "japan"].map(|name| StreamSettings {
        prefix: format!("{name}/"),
        ..StreamSettings::new(name)
    });
    let world = World::with(streams.into()).await;
    let sink = sink(&world, options(&["eyeline", "jp_=japan"]));
    let lines =
        "{\"rcv\":1,\"key\":\"a\"}\n{\"rcv\":2,\"key\":\"jp_1\"}\n{\"rcv\":3,\"key\":\"b\"}\n";
    sink.store(lines.into()).await.unwrap();
    world.sim.flush().await;
    let read = async |prefix| world.lines(prefix).await.join(" ");
    assert_eq!(
        read("eyeline/").await,
        "{\"rcv\":1,\"key\":\"a\"} {\"rcv\":3,\"key\":\"b\"}"
    );
    assert_eq!(read("japan/").await, "{\"rcv\":2,\"key\":\"jp_1\"}");
}

#[test]
fn every_write_key_needs_a_stream() {
    let config = SdkConfig::builder()
        .region(Region::new("eu-west-1"))
        .build();
    let refused = FirehoseSink::with(&config, options(&["jp_=japan"])).unwrap_err();
    assert!(matches!(refused, FirehoseError::NoStreamForAll));
}
