//! The live dashboard: the report's pages over HTTP, made anew at each commit, under a strip of running counts.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use eyeline_core::UnixMillis;
use futures::Stream;
use futures::future::BoxFuture;
use serde::Serialize;
use tokio::sync::{Mutex, watch};

use super::build::build;
use super::error::ReportError;
use super::options::Options;
use crate::seen::Seen;

/// The lake as of one commit.
pub struct Snapshot {
    /// A session with the lake's tables registered.
    pub context: datafusion::prelude::SessionContext,
    /// The commit it shows.
    pub commit: u64,
}

/// Running counts, for the strip on top of the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Impressions rendered.
    pub served: u64,
    /// Impressions that became viewable.
    pub viewable: u64,
    /// Impressions with dwell time.
    pub dwell: u64,
    /// Events known to be lost.
    pub lost: u64,
}

/// The lake's own counts of what came since the dashboard's process started, beside the running ones of the collector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Loaded {
    /// Events.
    pub events: u64,
    /// Impressions rendered.
    pub rendered: u64,
    /// Impressions that became viewable.
    pub viewable: u64,
    /// Visible time, ms.
    pub visible_ms: u64,
    /// Engaged time, ms.
    pub engaged_ms: u64,
    /// Clicks.
    pub clicks: u64,
    /// Events known to be lost.
    pub lost: u64,
}

/// What tells the pages that something is new.
#[derive(Clone)]
pub struct Feeds {
    /// The newest commit.
    pub commits: watch::Receiver<u64>,
    /// Counts of the whole lake.
    pub counts: watch::Receiver<Counts>,
    /// What the collector accepted since the process started.
    pub seen: watch::Receiver<Seen>,
    /// The same as the lake has it.
    pub loaded: watch::Receiver<Loaded>,
}

type Open = dyn Fn() -> BoxFuture<'static, Result<Snapshot, ReportError>> + Send + Sync;
type Clock = dyn Fn() -> UnixMillis + Send + Sync;

/// What the dashboard reads from.
pub struct Live {
    open: Box<Open>,
    clock: Box<Clock>,
    feeds: Feeds,
    made: Mutex<Option<Arc<Made>>>,
}

/// The pages of one commit.
struct Made {
    commit: u64,
    html: String,
    json: String,
}

impl Live {
    /// `open` opens the newest commit; `feeds` tell when there is a newer one and how the counts run.
    pub fn new(
        open: impl Fn() -> BoxFuture<'static, Result<Snapshot, ReportError>> + Send + Sync + 'static,
        clock: impl Fn() -> UnixMillis + Send + Sync + 'static,
        feeds: Feeds,
    ) -> Self {
        Self {
            open: Box::new(open),
            clock: Box::new(clock),
            feeds,
            made: Mutex::new(None),
        }
    }

    /// The newest commit's pages. Readers who come while they are made wait for the same ones.
    async fn pages(&self) -> Result<Arc<Made>, ReportError> {
        let newest = *self.feeds.commits.borrow();
        let mut made = self.made.lock().await;
        if let Some(made) = made.as_ref().filter(|made| made.commit >= newest) {
            return Ok(Arc::clone(made));
        }
        let snapshot = (self.open)().await?;
        let mut options = Options::new((self.clock)());
        options.commit = Some(snapshot.commit);
        let report = build(&snapshot.context, &options).await?;
        let fresh = Arc::new(Made {
            commit: snapshot.commit,
            html: report.live_html()?,
            json: report.json()?,
        });
        *made = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// Serves `/` (the pages), `/report.json` and `/live` (server-sent events `counts`, `seen`, `loaded` and `commit`).
pub fn router(live: Live) -> Router {
    Router::new()
        .route("/", get(html))
        .route("/report.json", get(json))
        .route("/live", get(events))
        .with_state(Arc::new(live))
}

async fn html(State(live): State<Arc<Live>>) -> Response {
    match live.pages().await {
        Ok(made) => (
            [(header::CACHE_CONTROL, "no-store")],
            Html(made.html.clone()),
        )
            .into_response(),
        Err(error) => failed(&error),
    }
}

async fn json(State(live): State<Arc<Live>>) -> Response {
    match live.pages().await {
        Ok(made) => (
            [
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_TYPE, "application/json"),
            ],
            made.json.clone(),
        )
            .into_response(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &ReportError) -> Response {
    tracing::error!(%error, "report not made");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "5")],
        format!("the report could not be made: {error}\n"),
    )
        .into_response()
}

async fn events(
    State(live): State<Arc<Live>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Marked as changed, so that a new reader is told the present state at once.
    let mut feeds = live.feeds.clone();
    feeds.commits.mark_changed();
    feeds.counts.mark_changed();
    feeds.seen.mark_changed();
    feeds.loaded.mark_changed();
    let stream = futures::stream::unfold(feeds, |mut feeds| async move {
        let event = tokio::select! {
            changed = feeds.counts.changed() => told("counts", changed.ok(), &mut feeds.counts),
            changed = feeds.seen.changed() => told("seen", changed.ok(), &mut feeds.seen),
            changed = feeds.loaded.changed() => told("loaded", changed.ok(), &mut feeds.loaded),
            changed = feeds.commits.changed() => told("commit", changed.ok(), &mut feeds.commits),
        };
        Some((Ok(event?), feeds))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// What a feed says now; `None` once nobody feeds it any more.
fn told<T: Serialize>(
    name: &str,
    changed: Option<()>,
    feed: &mut watch::Receiver<T>,
) -> Option<Event> {
    changed?;
    Event::default()
        .event(name)
        .json_data(&*feed.borrow_and_update())
        .ok()
}
