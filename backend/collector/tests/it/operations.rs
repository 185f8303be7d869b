//! What operators see and do: health, readiness, metrics, logs, drain.
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eyeline_collector::ServeError;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{ANON, Door, KEY, batch, keys, render, renders, reply};

#[tokio::test]
async fn ready_follows_the_sink_and_health_does_not() {
    let door = Door::open().await;
    assert_eq!(door.get("/ready").await.status, 200);
    door.sink.fail(true);
    door.get("/ready")
        .await
        .assert_fault(503, "storage_unavailable");
    assert_eq!(door.get("/health").await.status, 200);
}

#[tokio::test]
async fn every_loss_has_a_name_and_a_count() {
    let door = Door::open().await;
    let before = door.get("/metrics").await.text;
    assert!(
        before.contains(r#"eyeline_events_rejected_total{why="duplicate_number"} 0"#),
        "{before}"
    );
    assert!(
        before.contains(r#"eyeline_refusals_total{code="gzip_bomb"} 0"#),
        "{before}"
    );
    door.send_batch(&batch(vec![render(1), render(1), render(2)]))
        .await;
    door.send("{").await;
    door.get("/v1/tail").await;
    let after = door.get("/metrics").await.text;
    for line in [
        "eyeline_batches_total 1",
        "eyeline_events_total 2",
        r#"eyeline_events_rejected_total{why="duplicate_number"} 1"#,
        r#"eyeline_refusals_total{code="bad_json"} 1"#,
        r#"eyeline_refusals_total{code="admin_only"} 1"#,
        "eyeline_request_seconds_count 2",
        "eyeline_keys_loaded_total 1",
    ] {
        assert!(
            after.lines().any(|found| found == line),
            "{line} is not in\n{after}"
        );
    }
}

#[tokio::test]
async fn further_routes_are_served_beside() {
    let page = axum::Router::new().route("/report", axum::routing::get(|| async { "the report" }));
    let door = Door::with(keys(), |builder| builder.beside(page)).await;
    assert_eq!(door.get("/report").await.text, "the report");
    door.send_batch(&renders([1])).await.assert_taken(1);
    door.get("/nothing").await.assert_fault(404, "not_found");
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_then_the_door_is_closed() {
    let door = Door::open().await;
    let (address, sink) = (door.address, Arc::clone(&door.sink));
    let body = renders([1]).to_string();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/batch?k={KEY} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body, so the request is under way.
    let mut interim = [0; 25];
    connection.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    let served = door.begin_stop();
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    served.await.unwrap().unwrap();
    assert_eq!(sink.lines().len(), 1);
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn a_request_that_outlasts_the_drain_is_cut_off_and_reported() {
    let door = Door::with(keys(), |builder| {
        builder.drain_timeout(Duration::from_millis(50))
    })
    .await;
    let mut connection = TcpStream::connect(door.address).await.unwrap();
    let head = format!(
        "POST /v1/batch?k={KEY} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    connection.read_exact(&mut interim).await.unwrap();
    assert!(matches!(door.stop().await, Err(ServeError::CutOff)));
}

/// Collects what a subscriber writes.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_are_json_without_keys_or_contents() {
    let captured = Captured::default();
    let writer = captured.clone();
    let logs = eyeline_collector::json_logs("debug", move || writer.clone()).unwrap();
    let _in_force = tracing::subscriber::set_default(logs);
    let door = Door::open().await;
    door.send_batch(&renders([1])).await.assert_taken(1);
    door.send("{\"c\":\"secret content\"")
        .await
        .assert_fault(400, "bad_json");
    reply(door.request("POST", "/v1/batch?k=wk_unknown_9"))
        .await
        .assert_fault(401, "unknown_key");
    door.sink.fail(true);
    door.send_batch(&renders([2]))
        .await
        .assert_fault(503, "storage_unavailable");
    let text = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ours = |line: &&Value| line["target"].as_str().unwrap().starts_with("eyeline");
    let refused: Vec<&Value> = lines
        .iter()
        .filter(ours)
        .map(|line| &line["fields"])
        .filter(|fields| fields["message"] == "refused")
        .collect();
    let named: Vec<_> = refused
        .iter()
        .map(|fields| (&fields["key"], &fields["fault"]))
        .collect();
    assert_eq!(
        named,
        [
            (&json!("news"), &json!("bad_json")),
            (&json!("unknown"), &json!("unknown_key")),
            (&json!("news"), &json!("storage_unavailable")),
        ]
    );
    for line in lines.iter().filter(ours) {
        let line = line.to_string();
        for word in [KEY, "wk_unknown", "item-1", "secret", ANON, "127.0.0.1"] {
            assert!(!line.contains(word), "{line}");
        }
    }
}
