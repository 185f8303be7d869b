//! CORS: which page may read an answer hangs on the key's list of origins.
use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::App;
use crate::keys::WriteKey;

#[derive(Debug, Default, Deserialize)]
struct Asked {
    k: Option<String>,
}

/// `OPTIONS`: asked only by pages that add headers of their own; the SDK's requests need no preflight.
pub(super) async fn preflight(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Query(asked) = Query::<Asked>::try_from_uri(&parts.uri).unwrap_or_default();
    let key = asked
        .k
        .and_then(|key| app.keys.current().find(&key).cloned());
    let origin = key.and_then(|key| allowed_origin(&key, &parts.headers));
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    if origin.is_some() {
        headers.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("POST"),
        );
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type, content-encoding"),
        );
        headers.insert(
            ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(PREFLIGHT_MAX_AGE_SECONDS),
        );
    }
    allow_reading(headers, origin);
    answer
}

/// The request's origin, where its page may read the answer.
pub(super) fn allowed_origin(key: &WriteKey, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    key.allows_origin(origin.to_str().ok())
        .then(|| origin.clone())
}

/// Lets that page read it; caches must not hand the answer to another.
pub(super) fn allow_reading(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.insert(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("retry-after"),
        );
    }
}

/// A day; browsers cap it themselves (Chromium at 2 h, Firefox at 24 h).
const PREFLIGHT_MAX_AGE_SECONDS: &str = "86400";
