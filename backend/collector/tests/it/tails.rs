//! The live tail: who may see it, what it shows, and how it ends.
use serde_json::{Value, json};

use crate::support::{ADMIN, Door, INST, KEY, NOW, batch, render, renders, reply};

/// An open tail, read event by event.
struct Tail {
    answer: reqwest::Response,
    buffer: String,
}

impl Tail {
    async fn open(door: &Door, query: &str) -> Self {
        let answer = door
            .request("GET", &format!("/v1/tail{query}"))
            .bearer_auth(ADMIN)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            buffer: String::new(),
        }
    }

    /// The next event: its name, `message` where it has none, and its data. `None` when the stream ends.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let line = |prefix: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(prefix))
                        .map(str::to_owned)
                };
                let name = line("event: ").unwrap_or_else(|| "message".to_owned());
                let data = line("data: ").map(|data| serde_json::from_str(&data).unwrap());
                self.buffer = rest.to_owned();
                match data {
                    Some(data) => return Some((name, data)),
                    None => continue,
                }
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

async fn send_tagged(door: &Door, tag: &str, batch: &Value) {
    let request = door.request("POST", &format!("/v1/batch?k={KEY}&g={tag}"));
    assert_eq!(reply(request.body(batch.to_string())).await.status, 200);
}

#[tokio::test]
async fn only_an_admin_may_tail() {
    let door = Door::open().await;
    door.get("/v1/tail?g=mine")
        .await
        .assert_fault(401, "admin_only");
    for token in [
        "",
        "wrong",
        KEY,
        "an-admin-token-for-test",
        "an-admin-token-for-tests2",
    ] {
        let request = door.request("GET", "/v1/tail?g=mine").bearer_auth(token);
        reply(request).await.assert_fault(401, "admin_only");
    }
}

#[tokio::test]
async fn a_tail_shows_the_accepted_events_of_its_tag() {
    let door = Door::open().await;
    let mut tail = Tail::open(&door, "?g=mine").await;
    send_tagged(&door, "other", &renders([1])).await;
    door.send_batch(&renders([2])).await.assert_taken(1);
    let mut bad = render(3);
    bad["dt"] = json!(-1);
    send_tagged(&door, "mine", &batch(vec![bad, render(4)])).await;
    let shown = json!({"rcv": NOW, "aff": "news", "inst": INST, "g": "mine", "ev": render(4)});
    assert_eq!(tail.next().await, Some(("message".to_owned(), shown)));
}

#[tokio::test]
async fn without_a_tag_a_tail_shows_everything() {
    let door = Door::open().await;
    let mut tail = Tail::open(&door, "").await;
    door.send_batch(&renders([1])).await.assert_taken(1);
    send_tagged(&door, "any", &renders([2])).await;
    for n in [1, 2] {
        assert_eq!(tail.next().await.unwrap().1["ev"], render(n));
    }
}

#[tokio::test]
async fn a_tail_that_falls_behind_is_told_how_much_it_missed() {
    let door = Door::open().await;
    let mut tail = Tail::open(&door, "?g=mine").await;
    // Never read meanwhile: what the sockets hold is shown, the rest beyond the tail's bound is skipped and counted.
    let mut sent = 0;
    for first in (0..60_000).step_by(500) {
        send_tagged(&door, "mine", &renders(first + 1..=first + 500)).await;
        sent += 500;
    }
    let (mut shown, mut skipped) = (0, 0);
    while shown + skipped < sent {
        let (name, data) = tail.next().await.unwrap();
        match name.as_str() {
            "skipped" => skipped += data["skipped"].as_u64().unwrap(),
            _ => shown += 1,
        }
    }
    assert_eq!(shown + skipped, sent);
    assert!(
        skipped > 0,
        "this many events should not fit what a tail may hold"
    );
    let metrics = door.get("/metrics").await.text;
    assert!(
        metrics.contains(&format!("eyeline_tail_skipped_events_total {skipped}")),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_tail_ends_when_the_collector_stops() {
    let door = Door::open().await;
    let mut tail = Tail::open(&door, "").await;
    let served = door.begin_stop();
    assert_eq!(tail.next().await, None);
    served.await.unwrap().unwrap();
}
