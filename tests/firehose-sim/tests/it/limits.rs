//! What Firehose takes, refuses, delivers and gives up.

use eyeline_firehose_sim::{Faults, StreamSettings};
use serde_json::json;

use crate::world::{HOUR, World};

#[tokio::test]
async fn a_batch_is_1_to_500_records_of_4_mib_and_1000_kib_each() {
    let world = World::plain().await;
    let small: &[u8] = b"x\n";
    let whole = vec![b'x'; 1_000 * 1_024];
    let beyond = vec![b'x'; 1_000 * 1_024 + 1];
    let (whole, beyond) = (whole.as_slice(), beyond.as_slice());
    for (records, refusal) in [
        (vec![], Some("ValidationException")),
        (vec![small; 500], None),
        (vec![small; 501], Some("ValidationException")),
        (vec![whole; 4], None),
        (vec![whole; 5], Some("InvalidArgumentException")),
        (vec![small, beyond], Some("ValidationException")),
    ] {
        let (status, answer) = world.put(&records).await;
        assert_eq!(status.is_success(), refusal.is_none(), "{answer}");
        assert_eq!(answer["__type"].as_str(), refusal, "{answer}");
    }
    let (_, answer) = world.put(&[small, beyond]).await;
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("'records.2.member.data'"), "{message}");
}

#[tokio::test]
async fn an_unknown_stream_is_named() {
    let world = World::with(vec![StreamSettings::new("other")]).await;
    let (status, answer) = world.put(&[b"x\n"]).await;
    assert_eq!(
        (status.as_u16(), &answer["__type"]),
        (400, &json!("ResourceNotFoundException"))
    );
}

#[tokio::test]
async fn failed_entries_are_answered_in_their_places_and_the_others_are_taken() {
    let world = World::plain().await;
    world.sim.set_faults(Faults {
        fail_entries: 0.5,
        ..Faults::default()
    });
    let records: Vec<String> = (0..40).map(|n| format!("{n}\n")).collect();
    let records: Vec<&[u8]> = records.iter().map(String::as_bytes).collect();
    let (_, answer) = world.put(&records).await;
    world.sim.flush().await;
    let entries = answer["RequestResponses"].as_array().unwrap();
    let taken = (0..40).filter(|n| entries[*n]["RecordId"].is_string());
    let taken: Vec<String> = taken.map(|n| n.to_string()).collect();
    assert!((5..35).contains(&taken.len()));
    assert_eq!(answer["FailedPutCount"], 40 - taken.len());
    assert_eq!(world.lines("").await, taken);
}

#[tokio::test]
async fn records_are_joined_as_they_are_and_named_by_the_oldest() {
    let world = World::plain().await;
    world.put(&[b"a\n", b"b"]).await;
    world.pass(200_000);
    world.put(&[b"c\n"]).await;
    world.sim.flush().await;
    let objects = world.objects().await;
    let (key, text) = objects.first_key_value().unwrap();
    assert!(
        key.starts_with("2019/11/24/00/eyeline-1-2019-11-24-00-00-34-"),
        "{key}"
    );
    assert_eq!((objects.len(), text.as_str()), (1, "a\nbc\n"));
}

#[tokio::test]
async fn a_bucket_that_is_down_for_less_than_a_day_loses_nothing() {
    let world = World::plain().await;
    let down = |bucket_down| Faults {
        bucket_down,
        ..Faults::default()
    };
    world.sim.set_faults(down(true));
    world.put(&[b"early\n"]).await;
    world.sim.flush().await;
    world.pass(23 * HOUR);
    world.put(&[b"late\n"]).await;
    world.sim.flush().await;
    assert_eq!(world.sim.counts().expired, 0);
    world.pass(HOUR);
    world.sim.flush().await;
    assert_eq!(world.sim.counts().expired, 1);
    world.sim.set_faults(down(false));
    world.sim.flush().await;
    assert_eq!(world.lines("").await, ["late"]);
    assert!(
        world
            .objects()
            .await
            .keys()
            .all(|key| key.contains("2019-11-24-23-00-34"))
    );
}

#[tokio::test]
async fn backup_holds_every_source_record() {
    let stream = StreamSettings {
        prefix: "raw/".to_owned(),
        backup_prefix: Some("backup/".to_owned()),
        ..StreamSettings::new("eyeline")
    };
    let world = World::with(vec![stream]).await;
    world.put(&[b"a\n", b"b\n"]).await;
    world.sim.flush().await;
    assert_eq!(world.lines("raw/").await, ["a", "b"]);
    assert_eq!(world.lines("backup/").await, ["a", "b"]);
}
