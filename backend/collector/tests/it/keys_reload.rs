//! The keys file changes while the collector runs.
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Door, KEY, keys, renders, reply};

async fn door() -> Door {
    Door::with(keys(), |builder| {
        builder.keys_poll(Duration::from_millis(5))
    })
    .await
}

/// Replaces the file as a deploy would and waits for the collector to have looked.
async fn replace(door: &mut Door, json: &str) -> Option<String> {
    door.keys_status.mark_unchanged();
    let beside = door.keys_path().with_extension("new");
    std::fs::write(&beside, json).unwrap();
    std::fs::rename(beside, door.keys_path()).unwrap();
    door.keys_status.changed().await.unwrap();
    door.keys_status.borrow().error.clone()
}

fn other_key() -> Value {
    json!({"v": 1, "keys": [{"key": "wk_news_02", "affiliates": ["news"]}]})
}

#[tokio::test]
async fn a_changed_file_is_in_force_without_a_restart() {
    let mut door = door().await;
    door.send_batch(&renders([1])).await.assert_taken(1);
    assert_eq!(replace(&mut door, &other_key().to_string()).await, None);
    door.send_batch(&renders([2]))
        .await
        .assert_fault(401, "unknown_key");
    let request = door
        .request("POST", "/v1/batch?k=wk_news_02")
        .body(renders([2]).to_string());
    reply(request).await.assert_taken(1);
}

#[tokio::test]
async fn a_bad_file_keeps_the_last_good_keys_and_is_counted() {
    let mut door = door().await;
    let error = replace(
        &mut door,
        &format!(r#"{{"v":1,"keys":[{{"key":"{KEY}"}}]}}"#),
    )
    .await
    .unwrap();
    assert!(error.contains("missing field `affiliates`"), "{error}");
    door.send_batch(&renders([1])).await.assert_taken(1);
    let metrics = door.get("/metrics").await.text;
    assert!(
        metrics.contains("eyeline_keys_refused_total 1"),
        "{metrics}"
    );
    assert!(metrics.contains("eyeline_keys_stale 1"), "{metrics}");
    assert_eq!(replace(&mut door, &other_key().to_string()).await, None);
    let metrics = door.get("/metrics").await.text;
    assert!(metrics.contains("eyeline_keys_stale 0"), "{metrics}");
    door.send_batch(&renders([2]))
        .await
        .assert_fault(401, "unknown_key");
}
