//! `GET /v1/tail?g=TAG`: accepted events as they come, for debugging, for holders of an admin token.
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use eyeline_core::{UnixMillis, limits};
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender};

use super::{App, Code, Fault};
use crate::batch::Accepted;

/// The open tails. Nothing waits for them: a slow one is told how much it missed.
pub(crate) struct Tails(Sender<Arc<Shown>>);

struct Shown {
    tag: Option<String>,
    /// One event as the tail prints it.
    json: String,
}

/// What a tail prints of one event.
#[derive(Serialize)]
struct Line<'a> {
    rcv: i64,
    aff: &'a str,
    inst: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    g: Option<&'a str>,
    ev: &'a RawValue,
}

#[derive(Debug, Default, Deserialize)]
struct Filter {
    g: Option<String>,
}

impl Tails {
    pub(crate) fn new() -> Self {
        Self(Sender::new(EVENTS_BEHIND_MAX))
    }

    pub(super) fn open(&self) -> f64 {
        u32::try_from(self.0.receiver_count()).map_or(f64::INFINITY, f64::from)
    }

    /// Shows a stored batch. Costs one comparison while nobody looks.
    pub(super) fn show(&self, batch: &Accepted<'_>, received: UnixMillis, tag: Option<&str>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        let tag = tag.map(shortened);
        for event in &batch.kept {
            let line = Line {
                rcv: received.as_i64(),
                aff: &batch.affiliate,
                inst: batch.inst.as_str(),
                g: tag,
                ev: serde_json::from_str(event.raw()).expect("it was read as JSON"),
            };
            let json = serde_json::to_string(&line)
                .expect("strings, numbers and raw JSON always serialise");
            // An error says that the last tail has just closed.
            drop(self.0.send(Arc::new(Shown {
                tag: tag.map(str::to_owned),
                json,
            })));
        }
    }
}

/// Without `g` every event is shown.
pub(super) async fn tail(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !token.is_some_and(|token| app.keys.current().is_admin(token)) {
        app.metrics.refused(Code::AdminOnly);
        return Err(Fault::new(
            Code::AdminOnly,
            "send an admin token of the keys file as Authorization: Bearer TOKEN",
        ));
    }
    let Query(filter) = Query::<Filter>::try_from_uri(&uri).unwrap_or_default();
    let events = follow(
        app.tails.0.subscribe(),
        filter.g.as_deref().map(|tag| shortened(tag).to_owned()),
        Arc::clone(&app),
    );
    let until_shutdown = events.take_until(app.draining.clone().cancelled_owned());
    Ok(Sse::new(until_shutdown)
        .keep_alive(KeepAlive::default())
        .into_response())
}

fn follow(
    events: Receiver<Arc<Shown>>,
    tag: Option<String>,
    app: Arc<App>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((events, tag, app), |(mut events, tag, app)| async move {
        loop {
            let event = match events.recv().await {
                Ok(shown) if tag.is_some() && tag != shown.tag => continue,
                Ok(shown) => Event::default().data(&shown.json),
                Err(RecvError::Lagged(skipped)) => {
                    app.metrics.tail_skipped.increment(skipped);
                    Event::default()
                        .event("skipped")
                        .data(format!("{{\"skipped\":{skipped}}}"))
                }
                Err(RecvError::Closed) => return None,
            };
            return Some((Ok(event), (events, tag, app)));
        }
    })
}

/// The part of a debug tag that counts: it is copied for every event shown.
fn shortened(tag: &str) -> &str {
    let end = tag.char_indices().nth(limits::LABEL_CHARS_MAX);
    &tag[..end.map_or(tag.len(), |(at, _)| at)]
}

/// How far a tail may fall behind (ours): a second of a busy day, and some 2 MiB.
const EVENTS_BEHIND_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_debug_tag_counts_up_to_64_characters() {
        assert_eq!(shortened("tag"), "tag");
        assert_eq!(shortened(&"語".repeat(64)), "語".repeat(64));
        assert_eq!(shortened(&"語".repeat(1000)), "語".repeat(64));
    }
}
