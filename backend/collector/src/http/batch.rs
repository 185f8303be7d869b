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
use crate::batch::{Refused, Stamp, judge};
use crate::keys::WriteKey;
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
        Err(refused) => return Err(refuse(&app, &key, &stamp, refused).await),
    };
    let events = accepted.kept.len() as u64;
    let charged = events + accepted.rejected.len() as u64;
    store(&app, &key, &stamp, charged, accepted.lines.clone()).await?;
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
async fn refuse(app: &App, key: &WriteKey, stamp: &Stamp, refused: Refused) -> Fault {
    if let Some(line) = refused.line {
        // A body in which no event could be told apart leaves one row too.
        if let Err(fault) = store(app, key, stamp, refused.events.max(1), line).await {
            return fault;
        }
        app.metrics.rejected(refused.why, refused.events);
    }
    Fault::new(refused.why.into(), refused.message)
}

/// Makes lines durable against the key's quota, which counts every row they bring to the warehouse, kept or refused.
async fn store(
    app: &App,
    key: &WriteKey,
    stamp: &Stamp,
    rows: u64,
    lines: Bytes,
) -> Result<(), Fault> {
    key.take_quota(rows, stamp.received).map_err(|wait| {
        Fault::new(
            Code::QuotaExceeded,
            "this key has sent all the events it may send in this UTC day",
        )
        .retry_after(wait)
    })?;
    app.sink.store(lines).await.map_err(|error| {
        key.return_quota(rows, stamp.received);
        not_stored(&error)
    })
}

pub(super) fn not_stored(error: &SinkError) -> Fault {
    // The cause is in the log and not in the answer: it may name folders and streams.
    let (code, message) = match error {
        SinkError::Throttled => (
            Code::StorageThrottled,
            "more events came than can be made durable now",
        ),
        _ => (
            Code::StorageUnavailable,
            "the events can't be made durable now",
        ),
    };
    Fault::new(code, message).retry_after(error.retry_after())
}

pub(super) fn json(body: Vec<u8>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, JSON)], Bytes::from(body)).into_response()
}
