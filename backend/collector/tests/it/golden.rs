//! The golden batches of the wire contract pass the door byte for byte.
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Door, KEY, gzip, reply};

/// A client's clock shortly after the golden batches' `t0`.
const CLIENT_NOW: i64 = 1_574_553_650_000;

#[tokio::test]
async fn every_golden_batch_is_taken_as_it_stands() {
    let keys = json!({"v": 1, "keys": [{"key": KEY, "affiliates": ["zozo-men"]}]});
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/tests/golden");
    let mut taken = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let text = text.trim_end();
        let batch: Value = serde_json::from_str(text).unwrap();
        if batch.get("ev").is_none() {
            continue;
        }
        let door = Door::with_keys(keys.clone()).await;
        let request = door.request("POST", &format!("/v1/batch?k={KEY}&w={CLIENT_NOW}&a=1"));
        let answer = reply(request.body(gzip(text.as_bytes()))).await;
        let events = batch["ev"].as_array().unwrap().len();
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({"v": 1, "ok": events})),
            "{}",
            path.display()
        );
        let [line] = &door.sink.lines()[..] else {
            panic!("one line")
        };
        assert!(
            line.ends_with(&format!(r#","b":{text}}}"#)),
            "{}",
            path.display()
        );
        taken += 1;
    }
    assert!(taken > 10, "only {taken} golden batches were found");
}
