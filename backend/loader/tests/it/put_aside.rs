//! Firehose's error output: what its function could not transform is loaded as if it had come, and counted like everything else.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use eyeline_loader::{Loader, StoreAt};
use object_store::ObjectStoreExt;

use crate::support::{HOUR, Line, T0, World, gzip, render};

/// A line of error output, with its numbers as numbers or, as some versions write them, as text.
fn failed(record: &str, numbers_as_text: bool) -> String {
    let quote = if numbers_as_text { "\"" } else { "" };
    let data = BASE64_STANDARD.encode(record);
    format!(
        r#"{{"attemptsMade":{quote}4{quote},"arrivalTimestamp":{quote}{T0}{quote},"errorCode":"Lambda.FunctionError","errorMessage":"The Lambda function was successfully invoked but it returned an error result.","attemptEndingTimestamp":{quote}{T0}{quote},"rawData":"{data}","lambdaArn":"arn:aws:lambda:eu-west-1:000000000000:function:transform:$LATEST"}}"#
    )
}

async fn put_aside(world: &World, key: &str, lines: &[String]) {
    let body = gzip(format!("{}\n", lines.join("\n")).as_bytes());
    let key = format!("errors/{key}");
    world
        .raw
        .put(&key.as_str().into(), body.into())
        .await
        .unwrap();
}

fn loader(world: &World) -> Loader {
    let errors = StoreAt::new(std::sync::Arc::clone(&world.raw), "errors".into());
    world.loader().with_errors(errors)
}

fn line(number: u64) -> Line {
    Line::new(number, T0, vec![render(1, 0, 1, "a"), render(2, 5, 2, "b")])
}

const TODAY: &str = "processing-failed/2026/11/20/10/eyeline-1-2026-11-20-10-00-00-x.gz";

#[tokio::test]
async fn what_firehose_put_aside_is_loaded_and_a_copy_that_also_came_counts_once() {
    let world = World::new();
    world.deliver("d1", &[line(1)]).await;
    let packed = format!("{}\n{}\n", line(1).text(), line(2).text());
    let lines = [failed(&packed, false), failed(&line(3).text(), true)];
    put_aside(&world, TODAY, &lines).await;

    let report = loader(&world).run_once().await.unwrap();
    assert_eq!((report.raw_files, report.counts.lines), (2, 4));
    let counts = &report.counts;
    assert_eq!(
        (counts.written, counts.duplicate, counts.rejected),
        (6, 2, 0)
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM fct_impression").await, 6);
    assert_eq!(loader(&world).run_once().await.unwrap().raw_files, 0);
    world.check().await;
}

#[tokio::test]
async fn what_holds_no_record_is_a_reject_beside_what_does() {
    let world = World::new();
    let lines = [
        r#"{"attemptsMade":4,"errorCode":"x","rawData":"not base64!"}"#.to_owned(),
        "not JSON".to_owned(),
        failed("no raw line\n", false),
        failed(&line(1).text(), false),
    ];
    put_aside(&world, TODAY, &lines).await;
    let counts = loader(&world).run_once().await.unwrap().counts;
    assert_eq!(
        (counts.written, counts.duplicate, counts.rejected),
        (2, 0, 3)
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM rejects").await, 3);
    world.check().await;
}

#[tokio::test]
async fn error_output_is_found_within_the_window_and_any_other_kind_within_a_day() {
    let world = World::new();
    world.deliver("d1", &[line(1)]).await;
    loader(&world).run_once().await.unwrap();
    put_aside(&world, TODAY, &[failed(&line(2).text(), false)]).await;
    let other = TODAY.replace("processing", "format-conversion");
    put_aside(&world, &other, &[failed(&line(3).text(), false)]).await;
    world.set_now(T0 + 20 * HOUR);
    assert_eq!(loader(&world).run_once().await.unwrap().counts.written, 2);
    world.set_now(T0 + 26 * HOUR);
    assert_eq!(loader(&world).run_once().await.unwrap().counts.written, 2);
}

#[tokio::test]
async fn error_output_expires_with_the_raw_files() {
    let world = World::new();
    put_aside(&world, TODAY, &[failed(&line(1).text(), false)]).await;
    loader(&world).run_once().await.unwrap();
    // The store's own clock dates the object.
    world.set_now(T0 + 100_000 * HOUR);
    assert_eq!(loader(&world).retain().await.unwrap().raw_files, 1);
    let key = format!("errors/{TODAY}");
    assert!(world.raw.head(&key.as_str().into()).await.is_err());
    assert_eq!(loader(&world).run_once().await.unwrap().raw_files, 0);
}
