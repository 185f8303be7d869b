//! The HTTP surface: routes, and what they share.
mod admit;
mod batch;
mod body;
mod client;
mod cors;
mod fault;
mod forget;
mod operate;
mod tail;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;

use crate::clock::WallClock;
use crate::keys::KeyRing;
use crate::metrics::Metrics;
use crate::sink::EventSink;

pub(crate) use client::Proxies;
pub(crate) use fault::{Code, Fault};
pub(crate) use tail::Tails;

/// What every request can reach.
pub(crate) struct App {
    pub(crate) keys: KeyRing,
    pub(crate) sink: Arc<dyn EventSink>,
    pub(crate) clock: WallClock,
    pub(crate) proxies: Proxies,
    pub(crate) body_timeout: Duration,
    pub(crate) metrics: Metrics,
    pub(crate) tails: Tails,
    /// Cancelled once the collector is asked to stop.
    pub(crate) draining: CancellationToken,
}

pub(crate) fn routes(app: Arc<App>) -> Router {
    let refuse_method =
        || async { Fault::new(Code::MethodNotAllowed, "this path takes another method") };
    Router::new()
        .route(
            "/v1/batch",
            post(batch::batch)
                .options(cors::preflight)
                .fallback(refuse_method),
        )
        .route(
            "/v1/forget",
            post(forget::forget)
                .options(cors::preflight)
                .fallback(refuse_method),
        )
        .route("/v1/tail", get(tail::tail).fallback(refuse_method))
        .route("/health", get(operate::health).fallback(refuse_method))
        .route("/ready", get(operate::ready).fallback(refuse_method))
        .route("/metrics", get(operate::metrics).fallback(refuse_method))
        .with_state(app)
}

/// For paths that nobody serves.
pub(crate) async fn not_found() -> Fault {
    Fault::new(Code::NotFound, "there is nothing at this path")
}
