//! The dashboard over HTTP: pages of the newest commit, and a stream that says when there is a newer one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use eyeline_core::UnixMillis;
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;
use tower::ServiceExt;

use super::fixture::empty_lake;
use super::live::{Counts, Feeds, Live, Loaded, Snapshot, router};
use crate::seen::{Seen, Sums};

struct Dashboard {
    router: Router,
    commits: watch::Sender<u64>,
    counts: watch::Sender<Counts>,
    seen: watch::Sender<Seen>,
    loaded: watch::Sender<Loaded>,
    opened: Arc<AtomicU64>,
}

async fn dashboard() -> Dashboard {
    let (commits, commits_seen) = watch::channel(1);
    let (counts, seen, loaded) = (
        watch::Sender::default(),
        watch::Sender::default(),
        watch::Sender::default(),
    );
    let opened = Arc::new(AtomicU64::new(0));
    let context = empty_lake().await;
    let (newest, opens) = (commits_seen.clone(), Arc::clone(&opened));
    let open = move || {
        opens.fetch_add(1, Ordering::Relaxed);
        let snapshot = Snapshot {
            context: context.clone(),
            commit: *newest.borrow(),
        };
        async move { Ok(snapshot) }.boxed()
    };
    let feeds = Feeds {
        commits: commits_seen,
        counts: watch::Sender::subscribe(&counts),
        seen: watch::Sender::subscribe(&seen),
        loaded: watch::Sender::subscribe(&loaded),
    };
    let live = Live::new(open, || UnixMillis::from_i64(0), feeds);
    Dashboard {
        router: router(live),
        commits,
        counts,
        seen,
        loaded,
        opened,
    }
}

async fn asked(dashboard: &Dashboard, path: &str) -> Body {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let answer = dashboard.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.into_body()
}

async fn get(dashboard: &Dashboard, path: &str) -> String {
    let body = to_bytes(asked(dashboard, path).await, usize::MAX)
        .await
        .unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn pages_are_made_once_a_commit() {
    let dashboard = dashboard().await;
    assert!(get(&dashboard, "/").await.contains("Data quality"));
    let json: serde_json::Value =
        serde_json::from_str(&get(&dashboard, "/report.json").await).unwrap();
    assert_eq!(json["commit"], 1);
    assert_eq!(dashboard.opened.load(Ordering::Relaxed), 1);
    dashboard.commits.send(2).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&get(&dashboard, "/report.json").await).unwrap();
    assert_eq!(json["commit"], 2);
    assert_eq!(dashboard.opened.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_reader_hears_the_present_counts_and_every_change() {
    let dashboard = dashboard().await;
    dashboard
        .counts
        .send(Counts {
            served: 5,
            viewable: 3,
            dwell: 2,
            lost: 1,
        })
        .unwrap();
    let total = Sums {
        rendered: 7,
        ..Sums::default()
    };
    dashboard.seen.send_modify(|seen| seen.total = total);
    dashboard.loaded.send_modify(|loaded| loaded.rendered = 6);
    let mut stream = asked(&dashboard, "/live").await.into_data_stream();
    let mut heard = String::new();
    let mut sent = false;
    while let Some(part) = stream.next().await {
        heard.push_str(std::str::from_utf8(&part.unwrap()).unwrap());
        let present = heard.contains(r#"data: {"served":5,"viewable":3,"dwell":2,"lost":1}"#)
            && heard.contains("event: commit\ndata: 1")
            && heard.contains(r#""served":0,"rendered":7"#)
            && heard.contains(
                r#"event: loaded
data: {"events":0,"rendered":6"#,
            );
        if present && !sent {
            dashboard.commits.send(9).unwrap();
            sent = true;
        }
        if heard.contains("event: commit\ndata: 9") {
            return;
        }
    }
    panic!("the stream ended: {heard}");
}
