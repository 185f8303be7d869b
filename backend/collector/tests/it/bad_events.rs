//! Single bad events: refused by number and reason, kept in a bad row, while their neighbours pass.
use serde_json::{Value, json};

use crate::support::{Door, INST, KEY, NOW, batch, render};

/// Sends `bad` between two good events and asserts that it alone is refused, for this reason.
async fn assert_refused(bad: Value, why: &str) {
    let door = Door::open().await;
    let n = bad["n"].as_u64();
    let answer = door
        .send_batch(&batch(vec![render(1), bad.clone(), render(3)]))
        .await;
    let rejected = n.map_or(json!({"why": why}), |n| json!({"n": n, "why": why}));
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"v": 1, "ok": 2, "rejected": [rejected]})),
        "{bad}"
    );
    let lines = door.lines();
    let [line, row] = &lines[..] else {
        panic!("a line and a bad row, not {lines:?}")
    };
    assert_eq!(
        line["b"],
        batch(vec![render(1), render(3)]),
        "the batch is written anew without it"
    );
    assert_eq!((&row["rcv"], &row["key"]), (&json!(NOW), &json!(KEY)));
    let kept = row["bad"][0]["raw"].as_str().unwrap();
    assert!(bad.to_string().starts_with(kept));
    assert_eq!(row["bad"][0]["inst"], INST);
    assert_eq!(row["bad"][0]["n"].as_u64(), n);
    assert_eq!(row["bad"][0]["why"], why);
}

fn changed(field: &str, value: Value) -> Value {
    let mut event = render(2);
    event[field] = value;
    event
}

#[tokio::test]
async fn fields_of_the_wrong_type() {
    for (field, value) in [
        ("k", json!(1)),
        ("n", json!("two")),
        ("n", json!(-2)),
        ("dt", json!("soon")),
        ("c", json!({"id": 1})),
        ("pos", json!("first")),
        ("pos", json!(1.5)),
        ("ms", json!(true)),
    ] {
        assert_refused(changed(field, value), "bad_type").await;
    }
    assert_refused(json!("not an object"), "bad_type").await;
}

#[tokio::test]
async fn fields_that_are_missing() {
    assert_refused(
        json!({"k": "render", "n": 2, "dt": 5, "imp": 2, "pl": "top"}),
        "missing",
    )
    .await;
    assert_refused(json!({"n": 2, "dt": 5}), "missing").await;
    assert_refused(json!({"k": "render", "dt": 5}), "missing").await;
}

#[tokio::test]
async fn values_out_of_bounds() {
    assert_refused(changed("c", json!("x".repeat(129))), "bad_length").await;
    assert_refused(changed("p", json!(1.5)), "out_of_range").await;
    assert_refused(changed("n", json!(0)), "out_of_range").await;
}

#[tokio::test]
async fn an_event_that_is_too_large_is_kept_shortened() {
    assert_refused(changed("note", json!("x".repeat(9 * 1024))), "too_large").await;
}

#[tokio::test]
async fn a_number_that_stands_twice_is_taken_once() {
    let door = Door::open().await;
    let mut second = render(1);
    second["c"] = json!("another");
    let answer = door
        .send_batch(&batch(vec![render(1), second.clone(), render(2)]))
        .await;
    assert_eq!(
        answer.json(),
        json!({"v": 1, "ok": 2, "rejected": [{"n": 1, "why": "duplicate_number"}]})
    );
    let lines = door.lines();
    assert_eq!(lines[0]["b"]["ev"], json!([render(1), render(2)]));
    let row = json!({"inst": INST, "n": 1, "why": "duplicate_number", "raw": second.to_string()});
    assert_eq!(lines[1]["bad"], json!([row]));
}

#[tokio::test]
async fn clocks_that_no_clock_shows() {
    assert_refused(changed("dt", json!(-1)), "bad_clock").await;
    assert_refused(changed("dt", json!(1_u64 << 50)), "bad_clock").await;
}

#[tokio::test]
async fn an_event_older_than_any_queue_keeps_it() {
    let door = Door::open().await;
    let day = 24 * 3600 * 1000;
    let mut old = batch(vec![render(1)]);
    old["t0"] = json!(NOW - 32 * day);
    let answer = door.send_batch(&old).await;
    assert_eq!(
        answer.json(),
        json!({"v": 1, "ok": 0, "rejected": [{"n": 1, "why": "bad_clock"}]})
    );
    old["t0"] = json!(NOW - 30 * day);
    door.send_batch(&old).await.assert_taken(1);
}

#[tokio::test]
async fn where_all_events_are_bad_the_loss_counts_still_arrive() {
    let door = Door::open().await;
    let answer = door
        .send_batch(&batch(vec![changed("dt", json!(-1))]))
        .await;
    assert_eq!(
        answer.json(),
        json!({"v": 1, "ok": 0, "rejected": [{"n": 2, "why": "bad_clock"}]})
    );
    let lines = door.lines();
    assert_eq!(
        (lines.len(), &lines[0]["b"]["loss"]),
        (2, &json!({"cap": 9}))
    );
}

#[tokio::test]
async fn unknown_kinds_and_fields_pass_untouched() {
    let door = Door::open().await;
    let later = json!({"k": "hover", "n": 1, "dt": 5, "depth": {"a": [1]}});
    door.send_batch(&batch(vec![later.clone()]))
        .await
        .assert_taken(1);
    assert_eq!(door.lines()[0]["b"]["ev"], json!([later]));
}
