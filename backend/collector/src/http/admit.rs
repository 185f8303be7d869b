//! What comes before a body is read: the query, the key, the origin, the rate.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use eyeline_core::UnixMillis;
use serde::Deserialize;

use super::cors::{allow_reading, allowed_origin};
use super::{App, Code, Fault, body, client};
use crate::batch::Stamp;
use crate::keys::WriteKey;

/// The query of `/v1/batch` and `/v1/forget`. Read as text first, so that a missing key is named before a bad number.
#[derive(Debug, Default, Deserialize)]
struct Attempt {
    k: Option<String>,
    w: Option<String>,
    s: Option<String>,
    a: Option<String>,
    g: Option<String>,
}

/// A request that may send its body.
pub(super) struct Admitted {
    pub(super) key: Arc<WriteKey>,
    pub(super) stamp: Stamp,
    /// `g`: whose tails show this batch.
    pub(super) debug_tag: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

/// Admits a request, lets `work` answer it, and does what every answer needs: CORS, counts, a log line.
pub(super) async fn answer<W, F>(app: Arc<App>, request: Request, work: W) -> Response
where
    W: FnOnce(Arc<App>, Admitted) -> F,
    F: Future<Output = Result<Response, Fault>>,
{
    let (received, started) = ((app.clock)(), Instant::now());
    let (parts, body) = request.into_parts();
    let attempt = Query::<Attempt>::try_from_uri(&parts.uri).map(|Query(attempt)| attempt);
    let attempt = attempt.map_err(|_| {
        Fault::new(
            Code::BadQuery,
            "the query can't be read or names a parameter twice",
        )
    });
    let key = attempt
        .as_ref()
        .ok()
        .and_then(|attempt| app.keys.current().find(attempt.k.as_deref()?).cloned());
    let allowed_origin = key
        .as_ref()
        .and_then(|key| allowed_origin(key, &parts.headers));
    let name = key
        .as_ref()
        .map_or_else(|| "unknown".to_owned(), |key| key.name.clone());
    let admitted = attempt.and_then(|attempt| admit(&app, attempt, key, &parts, received));
    let outcome = match admitted {
        Ok((key, stamp, debug_tag)) => {
            work(
                Arc::clone(&app),
                Admitted {
                    key,
                    stamp,
                    debug_tag,
                    headers: parts.headers,
                    body,
                },
            )
            .await
        }
        Err(fault) => {
            body::discard(body, app.body_timeout).await;
            Err(fault)
        }
    };
    let took = started.elapsed();
    app.metrics.took(took);
    let path = parts.uri.path();
    match &outcome {
        Ok(_) => tracing::debug!(key = name, path, ms = took.as_millis(), "taken"),
        Err(fault) => {
            app.metrics.refused(fault.code);
            tracing::info!(
                key = name,
                path,
                fault = fault.code.name(),
                ms = took.as_millis(),
                "refused"
            );
        }
    }
    let mut answer = outcome.unwrap_or_else(IntoResponse::into_response);
    allow_reading(answer.headers_mut(), allowed_origin);
    answer
}

fn admit(
    app: &App,
    attempt: Attempt,
    key: Option<Arc<WriteKey>>,
    parts: &Parts,
    received: UnixMillis,
) -> Result<(Arc<WriteKey>, Stamp, Option<String>), Fault> {
    let key = key.ok_or_else(|| {
        Fault::new(
            Code::UnknownKey,
            "k must be a write key of this collector's keys file",
        )
    })?;
    let origin = parts
        .headers
        .get(ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("?"));
    if !key.allows_origin(origin) {
        return Err(Fault::new(
            Code::OriginNotAllowed,
            "this page's origin is not on the key's list of origins",
        ));
    }
    key.admit().map_err(|wait| {
        Fault::new(
            Code::RateLimited,
            "this key sends more requests a second than it may",
        )
        .retry_after(wait)
    })?;
    let ConnectInfo(peer) = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .copied()
        .unwrap_or(ConnectInfo(UNKNOWN_PEER));
    let stamp = Stamp {
        received,
        network: app.proxies.network(&parts.headers, peer),
        country: app.proxies.country(&parts.headers).map(str::to_owned),
        user_agent: client::user_agent(&parts.headers),
        privacy_control: client::privacy_control(&parts.headers),
        wall: number::<i64>(
            attempt.w,
            "w must be the client's wall time in ms since 1970",
        )?
        .map(UnixMillis::from_i64),
        since_start: number(attempt.s, "s must be ms since t0")?,
        attempt: number(attempt.a, "a must count attempts from 1")?.unwrap_or(1),
    };
    if stamp.attempt == 0 || i32::try_from(stamp.attempt).is_err() {
        return Err(Fault::new(Code::BadQuery, "a must count attempts from 1"));
    }
    Ok((key, stamp, attempt.g))
}

fn number<T: std::str::FromStr>(text: Option<String>, otherwise: &str) -> Result<Option<T>, Fault> {
    let parsed = text.map(|text| text.parse()).transpose();
    parsed.map_err(|_| Fault::new(Code::BadQuery, otherwise))
}

/// Where the routes are mounted in a server that does not tell who called.
const UNKNOWN_PEER: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);
