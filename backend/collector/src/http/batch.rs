//! `POST /v1/batch`: one batch, answered once it is durable.
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use eyeline_core::wire::Answer;

use super::admit::{Admitted, answer};
use super::{App, Code, Fault, body};
use crate::batch::{Refused, judge};
use crate::sink::SinkError;

pub(super) async fn batch(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, take).await
}

async fn take(app: Arc<App>, admitted: Admitted) -> Result<Response, Fault> {
    let Admitted {
        key,
        stamp,
        debug_tag,
        headers,
        body,
    } = admitted;
    let raw = body::read(body, &headers, app.body_timeout).await?;
    let accepted = match judge(&raw, &stamp, &key) {
        Ok(accepted) => accepted,
        Err(refused) => return Err(refuse(&app, refused).await),
    };
    let events = accepted.kept.len() as u64;
    key.take_quota(events, stamp.received).map_err(|wait| {
        Fault::new(
            Code::QuotaExceeded,
            "this key has sent all the events it may send in this UTC day",
        )
        .retry_after(wait)
    })?;
    if let Err(error) = app.sink.store(accepted.lines.clone()).await {
        key.return_quota(events, stamp.received);
        return Err(not_stored(&error));
    }
    app.metrics.batches.increment(1);
    app.metrics.events.increment(events);
    app.metrics.bytes.increment(raw.len() as u64);
    for (_, why) in &accepted.rejected {
        app.metrics.rejected(*why, 1);
    }
    app.tails
        .show(&accepted, stamp.received, debug_tag.as_deref());
    Ok(json(Answer::new(events, accepted.rejected).encode()))
}

/// The client drops what a 400 refuses, so the refused events must be durable before it is told.
async fn refuse(app: &App, refused: Refused) -> Fault {
    if let Some(line) = refused.line {
        if let Err(error) = app.sink.store(line).await {
            return not_stored(&error);
        }
        app.metrics.rejected(refused.why, refused.events);
    }
    Fault::new(refused.why.into(), refused.message)
}

pub(super) fn not_stored(error: &SinkError) -> Fault {
    // The cause is in the log and not in the answer: it may name folders and streams.
    Fault::new(
        Code::StorageUnavailable,
        "the events can't be made durable now",
    )
    .retry_after(error.retry_after())
}

pub(super) fn json(body: Vec<u8>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, JSON)], Bytes::from(body)).into_response()
}
