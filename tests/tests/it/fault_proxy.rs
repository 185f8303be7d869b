//! The proxy itself: what it injects is what it counts, and nothing else changes.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use eyeline_tests::{Counts, FaultProxy, Faults, http_client};
use tokio::net::{TcpListener, TcpSocket};

type Seen = Arc<Mutex<Vec<String>>>;

/// A server that remembers the bodies it got and answers with the query it saw.
async fn upstream() -> Result<(String, Seen)> {
    let seen = Seen::default();
    let routes = Router::new()
        .route(
            "/v1/batch",
            post(
                |State(seen): State<Seen>, RawQuery(query): RawQuery, body: String| async move {
                    seen.lock().unwrap().push(body);
                    (StatusCode::OK, query.unwrap_or_default())
                },
            ),
        )
        .route("/health", get(|| async { "well" }))
        .with_state(Arc::clone(&seen));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok((url, seen))
}

/// What a sender sees: the status and body, or that the connection broke.
async fn send(client: &reqwest::Client, proxy: &FaultProxy, body: String) -> Option<(u16, String)> {
    let url = format!("{}/v1/batch?k=key&a=1", proxy.url());
    let answer = client.post(url).body(body).send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.text().await.ok()?))
}

fn only(faults: impl FnOnce(&mut Faults)) -> Faults {
    let mut only = Faults::default();
    faults(&mut only);
    only
}

/// One request through a network with one sure fault: what the sender saw, how often the upstream had it, the counts.
async fn one(faults: Faults) -> Result<(Option<(u16, String)>, usize, Counts)> {
    let (url, seen) = upstream().await?;
    let proxy = FaultProxy::start("127.0.0.1:0", &url, faults).await?;
    let answer = send(&http_client()?, &proxy, "body".to_owned()).await;
    let counts = proxy.stop().await;
    let arrived = seen.lock().unwrap().len();
    Ok((answer, arrived, counts))
}

fn passed() -> Option<(u16, String)> {
    Some((200, "k=key&a=1".to_owned()))
}

#[tokio::test]
async fn a_perfect_network_changes_nothing() -> Result<()> {
    let (answer, arrived, counts) = one(Faults::default()).await?;
    assert_eq!((answer, arrived), (passed(), 1));
    assert_eq!((counts.requests, counts.failed), (1, 0));
    Ok(())
}

#[tokio::test]
async fn a_503_never_reaches_the_collector() -> Result<()> {
    let (answer, arrived, counts) = one(only(|f| f.fail = 1.0)).await?;
    assert_eq!((answer.map(|a| a.0), arrived), (Some(503), 0));
    assert_eq!((counts.unavailable, counts.failed), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_captive_portal_says_200_and_passes_nothing_on() -> Result<()> {
    let (answer, arrived, counts) = one(only(|f| f.portal = 1.0)).await?;
    let (status, page) = answer.unwrap();
    assert_eq!((status, arrived, counts.portal), (200, 0, 1));
    assert!(page.contains("sign in"));
    Ok(())
}

#[tokio::test]
async fn a_duplicate_arrives_twice_and_is_answered_once() -> Result<()> {
    let (answer, arrived, counts) = one(only(|f| f.duplicate = 1.0)).await?;
    assert_eq!((answer, arrived, counts.duplicated), (passed(), 2, 1));
    Ok(())
}

#[tokio::test]
async fn what_is_held_back_is_sent_at_the_latest_when_the_proxy_stops() -> Result<()> {
    let (answer, arrived, counts) = one(only(|f| f.repeat_late = 1.0)).await?;
    assert_eq!((answer, arrived), (passed(), 2));
    assert_eq!((counts.duplicated, counts.repeated_late), (1, 1));
    Ok(())
}

#[tokio::test]
async fn cut_connections_give_no_answer_whether_or_not_the_collector_has_the_request() -> Result<()>
{
    let (url, seen) = upstream().await?;
    let proxy = FaultProxy::start("127.0.0.1:0", &url, only(|f| f.reset = 1.0)).await?;
    let client = http_client()?;
    for number in 0..40 {
        assert_eq!(send(&client, &proxy, number.to_string()).await, None);
    }
    let counts = proxy.stop().await;
    assert_eq!((counts.requests, counts.failed), (40, 40));
    assert!(counts.cut_before > 5 && counts.cut_after > 5, "{counts:?}");
    assert_eq!(seen.lock().unwrap().len() as u64, counts.cut_after);
    Ok(())
}

#[tokio::test]
async fn health_checks_do_not_suffer() -> Result<()> {
    let (url, _) = upstream().await?;
    let proxy = FaultProxy::start("127.0.0.1:0", &url, only(|f| f.fail = 1.0)).await?;
    let answer = http_client()?
        .get(format!("{}/health", proxy.url()))
        .send()
        .await?;
    assert_eq!(answer.text().await?, "well");
    assert_eq!(proxy.counts().requests, 0);
    Ok(())
}

#[tokio::test]
async fn an_unreachable_collector_is_a_502_until_another_takes_its_place() -> Result<()> {
    // Bound and not listening: the port refuses, and no neighbour is given it.
    let silent = TcpSocket::new_v4()?;
    silent.bind("127.0.0.1:0".parse()?)?;
    let nowhere = silent.local_addr()?.to_string();
    let proxy = FaultProxy::start("127.0.0.1:0", &nowhere, Faults::default()).await?;
    let client = http_client()?;
    let answer = send(&client, &proxy, "early".to_owned()).await;
    assert_eq!(answer.map(|a| a.0), Some(502));
    let (url, seen) = upstream().await?;
    proxy.set_upstream(&url)?;
    assert_eq!(send(&client, &proxy, "late".to_owned()).await, passed());
    assert_eq!(*seen.lock().unwrap(), ["late"]);
    assert_eq!(proxy.counts().unreachable, 1);
    Ok(())
}
