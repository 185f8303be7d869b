//! The transform as Firehose runs it: answers by name, three more attempts, error output, a function that dies.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use eyeline_firehose_sim::StreamSettings;
use serde_json::{Value, json};

use crate::world::{World, client};

async fn world() -> World {
    World::with(vec![StreamSettings {
        transform: true,
        ..StreamSettings::new("eyeline")
    }])
    .await
}

/// A function that answers each invocation by `answer`, given its number, as long as it is asked.
fn function(world: &World, answer: impl Fn(usize, &Value) -> Option<Value> + Send + 'static) {
    let base = format!("{}/2018-06-01/runtime/invocation", world.sim.url());
    tokio::spawn(async move {
        let client = client();
        for number in 0.. {
            let Ok(next) = client.get(format!("{base}/next")).send().await else {
                return;
            };
            let id = next.headers()["lambda-runtime-aws-request-id"]
                .to_str()
                .unwrap()
                .to_owned();
            let event: Value = serde_json::from_slice(&next.bytes().await.unwrap()).unwrap();
            // No answer: it crashed, and is started again.
            if let Some(answer) = answer(number, &event) {
                let response = client.post(format!("{base}/{id}/response"));
                response.body(answer.to_string()).send().await.unwrap();
            }
        }
    });
}

fn answered(event: &Value, result: impl Fn(&str) -> (&'static str, String)) -> Value {
    let records = event["records"].as_array().unwrap().iter().map(|record| {
        let data = BASE64_STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
        let (result, data) = result(std::str::from_utf8(&data).unwrap());
        json!({"recordId": record["recordId"], "result": result, "data": BASE64_STANDARD.encode(data)})
    });
    json!({"records": records.collect::<Vec<_>>()})
}

#[tokio::test]
async fn records_are_delivered_dropped_or_sent_to_the_error_output() {
    let world = world().await;
    function(&world, |_, event| {
        Some(answered(event, |data| match data {
            "bad\n" => ("ProcessingFailed", data.to_owned()),
            "gone\n" => ("Dropped", data.to_owned()),
            _ => ("Ok", data.to_uppercase()),
        }))
    });
    world.put(&[b"good\n", b"bad\n", b"gone\n"]).await;
    world.sim.flush().await;
    assert_eq!(world.lines("2019").await, ["GOOD"]);
    let failed = world.lines("errors/processing-failed/2019/11/24/00/").await;
    let failed: Value = serde_json::from_str(&failed[0]).unwrap();
    assert_eq!(failed["rawData"], BASE64_STANDARD.encode("bad\n"));
    assert_eq!(failed["errorCode"], "Lambda.ProcessingFailedStatus");
}

#[tokio::test]
async fn a_function_that_crashes_three_times_is_tried_a_fourth() {
    let world = world().await;
    function(&world, |number, event| {
        (number >= 3).then(|| answered(event, |data| ("Ok", data.to_owned())))
    });
    world.put(&[b"good\n"]).await;
    world.sim.flush().await;
    assert_eq!(world.lines("2019").await, ["good"]);
}

#[tokio::test]
async fn a_function_that_always_crashes_leaves_every_record_in_the_error_output() {
    let world = world().await;
    function(&world, |_, _| None);
    world.put(&[b"a\n", b"b\n"]).await;
    world.sim.flush().await;
    let failed = world.lines("errors/processing-failed/").await;
    assert_eq!((failed.len(), world.sim.counts().processing_failed), (2, 2));
    assert!(
        failed
            .iter()
            .all(|line| line.contains("\"attemptsMade\":4"))
    );
}

#[tokio::test]
async fn an_answer_beyond_6_mib_fails_its_records_and_no_others() {
    let world = world().await;
    function(&world, |_, event| {
        Some(answered(event, |data| match data {
            "much\n" => ("Ok", "x".repeat(5 << 20)),
            _ => ("Ok", data.to_owned()),
        }))
    });
    let other = vec![b'y'; 1_000 * 1_024];
    world.put(&[b"much\n", &other, &other]).await;
    world.sim.flush().await;
    assert_eq!(world.sim.counts().processing_failed, 1 + 1);
    assert_eq!(world.lines("2019").await.len(), 1);
}

#[tokio::test]
async fn a_record_that_the_answer_does_not_name_has_failed() {
    let world = world().await;
    function(&world, |_, _| Some(json!({"records": []})));
    world.put(&[b"a\n"]).await;
    world.sim.flush().await;
    let failed = world.lines("errors/").await;
    assert!(failed[0].contains("Lambda.MissingRecordId"), "{failed:?}");
}
