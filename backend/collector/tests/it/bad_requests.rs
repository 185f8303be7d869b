//! Requests of which nothing is taken: the right status, a body that names the fault, and a bad row where the events end.
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{
    ANON, Door, INST, KEY, NOW, batch, gzip, keys, keys_with, render, renders, reply,
};

#[tokio::test]
async fn a_wrong_or_missing_key_is_401() {
    let door = Door::open().await;
    for query in [
        "/v1/batch?k=wk_wrong_99&a=1",
        "/v1/batch?a=1",
        "/v1/batch",
        "/v1/forget?k=",
        "/v1/batch?k=wk_wrong_99&w=x",
    ] {
        let answer = reply(door.request("POST", query).body(renders([1]).to_string())).await;
        answer.assert_fault(401, "unknown_key");
        assert!(!answer.text.contains("wk_wrong"));
    }
    assert!(door.lines().is_empty());
}

#[tokio::test]
async fn a_query_that_cant_be_read_is_400() {
    let door = Door::open().await;
    for query in [
        "w=yesterday",
        "s=1.5",
        "a=0",
        "a=-1",
        "a=99999999999",
        "k=twice_given",
    ] {
        let request = door.request("POST", &format!("/v1/batch?k={KEY}&{query}"));
        reply(request.body(renders([1]).to_string()))
            .await
            .assert_fault(400, "bad_query");
    }
    assert!(door.lines().is_empty());
}

#[tokio::test]
async fn a_body_that_claims_to_be_gzip_and_is_not_is_400() {
    let door = Door::open().await;
    let request = door
        .request("POST", &format!("/v1/batch?k={KEY}"))
        .header("content-encoding", "gzip");
    reply(request.body(renders([1]).to_string()))
        .await
        .assert_fault(400, "not_gzip");
    let whole = gzip(renders([1]).to_string().as_bytes());
    // The method in the header, the checksum and the length in the trailer.
    for at in [2, whole.len() - 8, whole.len() - 4] {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        door.send(broken).await.assert_fault(400, "not_gzip");
    }
    let trailing = [
        gzip(renders([1]).to_string().as_bytes()),
        b"and more than a header of it".to_vec(),
    ]
    .concat();
    door.send(trailing).await.assert_fault(400, "not_gzip");
    assert!(door.lines().is_empty());
}

#[tokio::test]
async fn a_truncated_gzip_is_400_wherever_it_is_cut() {
    let door = Door::open().await;
    let whole = gzip(renders([1, 2, 3]).to_string().as_bytes());
    for length in [2, 9, 10, 40, whole.len() - 8, whole.len() - 1] {
        door.send(whole[..length].to_vec())
            .await
            .assert_fault(400, "truncated_gzip");
    }
    assert!(door.lines().is_empty());
}

#[tokio::test]
async fn a_gzip_bomb_is_413_and_is_not_unpacked() {
    let door = Door::open().await;
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100 * 1024);
    door.send(bomb).await.assert_fault(413, "gzip_bomb");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413_and_the_answer_arrives() {
    let door = Door::open().await;
    for bytes in [256 * 1024 + 1, 300 * 1024, 3 * 1024 * 1024] {
        door.send(vec![b' '; bytes])
            .await
            .assert_fault(413, "too_large");
    }
}

#[tokio::test]
async fn what_is_not_json_is_400_and_leaves_a_bad_row() {
    let door = Door::open().await;
    let bodies = [
        "",
        "{",
        "null",
        "[]",
        "not json",
        "{\"v\":\"1-0-0\"",
        "\u{feff}{}",
    ];
    for body in bodies {
        let answer = door.send(body).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    door.send("{\"v\":").await.assert_fault(400, "bad_json");
    door.send(&b"{\"v\":\"\xff\"}"[..])
        .await
        .assert_fault(400, "bad_json");
    let rows = door.lines();
    assert_eq!(rows.len(), bodies.len() + 2);
    assert_eq!(
        rows[1],
        json!({"rcv": NOW, "key": KEY, "bad": [{"why": "bad_json", "raw": "{"}]})
    );
}

#[tokio::test]
async fn a_raw_control_byte_is_400() {
    let door = Door::open().await;
    let forged = renders([1])
        .to_string()
        .replace("item-1", "item\n{\"rcv\":1}");
    door.send(forged).await.assert_fault(400, "control_byte");
    let [row] = &door.sink.lines()[..] else {
        panic!("one bad row")
    };
    assert!(row.contains(r#""why":"control_byte""#));
}

#[tokio::test]
async fn a_key_given_twice_is_400() {
    let door = Door::open().await;
    let twice = renders([1]).to_string().replacen('{', r#"{"bn":7,"#, 1);
    door.send(twice).await.assert_fault(400, "duplicate_key");
    let twice = renders([1])
        .to_string()
        .replace(r#""aff":"news""#, r#""aff":"other","aff":"news""#);
    door.send(twice).await.assert_fault(400, "duplicate_key");
}

#[tokio::test]
async fn a_wrong_version_is_400_and_leaves_a_bad_row_for_each_event() {
    let door = Door::open().await;
    let mut batch = renders([1, 2]);
    batch["v"] = json!("2-0-0");
    door.send_batch(&batch)
        .await
        .assert_fault(400, "unknown_version");
    let bad = [1, 2].map(|n| bad_row(n, "unknown_version", &render(n)));
    assert_eq!(door.lines(), [json!({"rcv": NOW, "key": KEY, "bad": bad})]);
}

#[tokio::test]
async fn a_batch_field_of_the_wrong_type_is_400() {
    let door = Door::open().await;
    for (pointer, value, code) in [
        ("/inst", json!(7), "bad_type"),
        ("/inst", json!("short"), "bad_type"),
        ("/t0", json!("now"), "bad_type"),
        ("/con/mode", json!("maybe"), "bad_type"),
        ("/ev", json!({}), "bad_type"),
        ("/src/aff", json!(""), "bad_length"),
        ("/bn", json!(1_u64 << 60), "out_of_range"),
        ("/t0", json!(-1), "bad_clock"),
    ] {
        let mut batch = renders([1]);
        *batch.pointer_mut(pointer).unwrap() = value;
        door.send_batch(&batch).await.assert_fault(400, code);
    }
    let mut batch = renders([1]);
    batch.as_object_mut().unwrap().remove("inst");
    door.send_batch(&batch).await.assert_fault(400, "missing");
    assert_eq!(door.lines().len(), 9);
}

#[tokio::test]
async fn too_many_events_are_413_so_that_the_client_splits() {
    let door = Door::open().await;
    door.send_batch(&renders(1..=501))
        .await
        .assert_fault(413, "too_many_events");
    assert!(
        door.lines().is_empty(),
        "the events come again, so they leave no bad row"
    );
    door.send_batch(&renders(1..=500)).await.assert_taken(500);
}

#[tokio::test]
async fn an_absurd_clock_at_the_attempt_is_400_and_leaves_a_bad_row() {
    let door = Door::open().await;
    for clock in [
        "w=-5",
        "w=99999999999999",
        "w=1764000000000&s=-1",
        "s=999999999999999",
    ] {
        let request = door.request("POST", &format!("/v1/batch?k={KEY}&{clock}"));
        reply(request.body(renders([4]).to_string()))
            .await
            .assert_fault(400, "bad_clock");
        let row = json!({"rcv": NOW, "key": KEY, "bad": [bad_row(4, "bad_clock", &render(4))]});
        assert_eq!(door.lines().pop(), Some(row));
    }
}

#[tokio::test]
async fn an_affiliate_of_another_key_is_403_so_that_the_client_keeps_its_events() {
    let door = Door::open().await;
    let mut batch = renders([1]);
    batch["src"]["aff"] = json!("shop");
    let answer = door.send_batch(&batch).await;
    answer.assert_fault(403, "affiliate_not_allowed");
    assert!(answer.text.contains("keys file"));
    assert!(door.lines().is_empty());
}

#[tokio::test]
async fn a_body_that_stalls_is_408() {
    let door = Door::with(keys(), |builder| {
        builder.body_timeout(Duration::from_millis(50))
    })
    .await;
    let mut connection = TcpStream::connect(door.address).await.unwrap();
    let head = format!(
        "POST /v1/batch?k={KEY} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nonly this"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // The connection stays open and nothing more is sent: the answer and the end of the connection have to come by themselves.
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.contains(r#""code":"slow_body""#), "{answer}");
}

#[tokio::test]
async fn a_head_that_stalls_costs_its_connection() {
    let door = Door::with(keys(), |builder| {
        builder.head_timeout(Duration::from_millis(50))
    })
    .await;
    let mut connection = TcpStream::connect(door.address).await.unwrap();
    connection.write_all(b"POST /v1/batch?k=").await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 2"));
}

#[tokio::test]
async fn beyond_its_rate_a_key_is_told_to_wait() {
    let door = Door::with_keys(keys_with(json!({"requests_per_second": 1, "burst": 2}))).await;
    for n in 1..=2 {
        door.send_batch(&renders([n])).await.assert_taken(1);
    }
    let answer = door.send_batch(&renders([3])).await;
    answer.assert_fault(429, "rate_limited");
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(door.lines().len(), 2);
}

#[tokio::test]
async fn beyond_its_quota_a_key_is_told_to_wait_for_midnight() {
    let door = Door::with_keys(keys_with(json!({"events_per_day": 5}))).await;
    door.send_batch(&renders(1..=4)).await.assert_taken(4);
    let answer = door.send_batch(&renders(5..=6)).await;
    answer.assert_fault(429, "quota_exceeded");
    // 2025-11-24 16:00:00 UTC is eight hours before midnight.
    assert_eq!(answer.headers["retry-after"], "28800");
    door.send_batch(&renders([5])).await.assert_taken(1);
}

#[tokio::test]
async fn a_failing_sink_is_503_and_takes_nothing_from_the_quota() {
    let door = Door::with_keys(keys_with(json!({"events_per_day": 1}))).await;
    door.sink.fail(true);
    let answer = door.send_batch(&renders([1])).await;
    answer.assert_fault(503, "storage_unavailable");
    assert_eq!(answer.headers["retry-after"], "5");
    door.send("{")
        .await
        .assert_fault(503, "storage_unavailable");
    door.sink.fail(false);
    door.send_batch(&renders([1])).await.assert_taken(1);
}

#[tokio::test]
async fn other_paths_and_methods_are_named_too() {
    let door = Door::open().await;
    door.get("/v2/batch").await.assert_fault(404, "not_found");
    door.get("/v1/batch")
        .await
        .assert_fault(405, "method_not_allowed");
    reply(door.request("DELETE", "/metrics"))
        .await
        .assert_fault(405, "method_not_allowed");
}

fn bad_row(n: u64, why: &str, event: &Value) -> Value {
    json!({"inst": INST, "n": n, "why": why, "raw": event.to_string()})
}

#[tokio::test]
async fn refused_events_count_towards_the_quota_as_kept_ones_do() {
    let door = Door::with_keys(keys_with(json!({"events_per_day": 4}))).await;
    // Each leaves a row in the warehouse: one event of two is kept, then a body of which nothing can be read.
    let half = batch(vec![render(1), json!({"k": "render", "n": 2, "dt": 1})]);
    assert_eq!(door.send_batch(&half).await.status, 200);
    door.send("{").await.assert_fault(400, "bad_json");
    door.send("{").await.assert_fault(400, "bad_json");
    let stored = door.lines().len();
    door.send("{").await.assert_fault(429, "quota_exceeded");
    door.send_batch(&renders([3]))
        .await
        .assert_fault(429, "quota_exceeded");
    assert_eq!(door.lines().len(), stored);
}

#[tokio::test]
async fn requests_to_forget_have_a_rate_of_their_own() {
    let door = Door::with_keys(keys_with(json!({"forgets_per_minute": 2}))).await;
    let forget = || {
        let body = json!({"aff": "news", "anon": ANON}).to_string();
        reply(
            door.request("POST", &format!("/v1/forget?k={KEY}"))
                .body(body),
        )
    };
    forget().await.assert_taken(1);
    forget().await.assert_taken(1);
    let refused = forget().await;
    refused.assert_fault(429, "rate_limited");
    let seconds: u64 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    assert_eq!(door.lines().len(), 2);
    door.send_batch(&renders([1])).await.assert_taken(1);
}
