//! Origins and CORS: who may send from a browser, and what its page may read.
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::{Door, KEY, Reply, keys_with, renders, reply};

const PAGE: &str = "https://news.example.jp";

async fn door() -> Door {
    Door::with_keys(keys_with(
        json!({"origins": [PAGE, "https://*.example.com"]}),
    ))
    .await
}

async fn send_from(door: &Door, origin: &str) -> Reply {
    let request = door
        .request("POST", &format!("/v1/batch?k={KEY}"))
        .header("origin", origin);
    reply(
        request
            .header("content-type", "text/plain")
            .body(renders([1]).to_string()),
    )
    .await
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_on_the_list_may_send_and_read_the_answer() {
    let door = door().await;
    for origin in [PAGE, "https://a.example.com"] {
        let answer = send_from(&door, origin).await;
        answer.assert_taken(1);
        assert_eq!(
            header(&answer.headers, "access-control-allow-origin"),
            Some(origin)
        );
        assert_eq!(
            header(&answer.headers, "access-control-expose-headers"),
            Some("retry-after")
        );
        assert_eq!(header(&answer.headers, "vary"), Some("origin"));
    }
}

#[tokio::test]
async fn a_page_off_the_list_is_403_and_may_read_nothing() {
    let door = door().await;
    for origin in [
        "https://evil.example",
        "null",
        "https://example.com",
        "http://news.example.jp",
    ] {
        let answer = send_from(&door, origin).await;
        answer.assert_fault(403, "origin_not_allowed");
        assert_eq!(header(&answer.headers, "access-control-allow-origin"), None);
    }
    assert!(door.lines().is_empty());
}

#[tokio::test]
async fn a_page_may_read_why_it_was_refused() {
    let door = door().await;
    let request = door
        .request("POST", &format!("/v1/batch?k={KEY}"))
        .header("origin", PAGE);
    let answer = reply(request.body("{")).await;
    answer.assert_fault(400, "bad_json");
    assert_eq!(
        header(&answer.headers, "access-control-allow-origin"),
        Some(PAGE)
    );
}

#[tokio::test]
async fn an_app_sends_no_origin_and_is_let_in() {
    door().await.send_batch(&renders([1])).await.assert_taken(1);
}

#[tokio::test]
async fn a_key_without_a_list_serves_every_origin() {
    let door = Door::open().await;
    let answer = send_from(&door, "https://any.example").await;
    answer.assert_taken(1);
    assert_eq!(
        header(&answer.headers, "access-control-allow-origin"),
        Some("https://any.example")
    );
}

#[tokio::test]
async fn a_preflight_is_answered_once_a_day() {
    let door = door().await;
    for path in ["/v1/batch", "/v1/forget"] {
        let request = door
            .request("OPTIONS", &format!("{path}?k={KEY}"))
            .header("origin", PAGE);
        let answer = reply(request.header("access-control-request-method", "POST")).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        assert_eq!(
            header(&answer.headers, "access-control-allow-origin"),
            Some(PAGE)
        );
        assert_eq!(
            header(&answer.headers, "access-control-allow-methods"),
            Some("POST")
        );
        assert_eq!(
            header(&answer.headers, "access-control-max-age"),
            Some("86400")
        );
    }
    let request = door
        .request("OPTIONS", &format!("/v1/batch?k={KEY}"))
        .header("origin", "https://evil.example");
    let answer = reply(request).await;
    assert_eq!(header(&answer.headers, "access-control-allow-origin"), None);
    assert_eq!(header(&answer.headers, "access-control-max-age"), None);
}
