//! What operators and load balancers ask: `/health`, `/ready`, `/metrics`.
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

use super::{App, Code, Fault};

/// The process answers: nothing more is asked.
pub(super) async fn health() -> Response {
    Json(json!({"v": 1, "status": "ok"})).into_response()
}

/// A batch sent now would be taken.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let soon = Duration::from_secs(1);
    if app.draining.is_cancelled() {
        return Err(Fault::new(Code::Draining, "the collector is shutting down").retry_after(soon));
    }
    if !app.sink.ready() {
        return Err(
            Fault::new(Code::StorageUnavailable, "the sink takes no lines now").retry_after(soon),
        );
    }
    Ok(Json(json!({"v": 1, "status": "ready"})).into_response())
}

pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    app.metrics.tails.set(app.tails.open());
    let text = app.metrics.render(&app.sink.gauges());
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}
