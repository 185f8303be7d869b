//! Passes a request on to the collector and its answer back, bytes unchanged.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, Method, Uri, header};
use axum::response::Response;
use reqwest::Url;

use crate::http::http_client;

/// A request that has been read whole, so that it can be sent more than once.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

#[derive(Debug)]
pub(super) struct Forwarder {
    client: reqwest::Client,
    upstream: Mutex<Url>,
}

impl Forwarder {
    pub(super) fn new(upstream: &str) -> Result<Self> {
        Ok(Self {
            client: http_client()?,
            upstream: Mutex::new(parse(upstream)?),
        })
    }

    pub(super) fn set_upstream(&self, upstream: &str) -> Result<()> {
        *self.upstream.lock().unwrap_or_else(PoisonError::into_inner) = parse(upstream)?;
        Ok(())
    }

    pub(super) async fn forward(&self, request: &Request) -> Result<Response> {
        let mut url = self
            .upstream
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        url.set_path(request.uri.path());
        url.set_query(request.uri.query());
        let answer = self
            .client
            .request(request.method.clone(), url)
            .headers(end_to_end(&request.headers))
            .body(request.body.clone())
            .send()
            .await?;
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = end_to_end(answer.headers());
            // A store's clients ask for the size of an object by its head alone.
            if let Some(length) = answer.headers().get(header::CONTENT_LENGTH) {
                headers.insert(header::CONTENT_LENGTH, length.clone());
            }
        }
        // Streamed, so that the tail passes too; a batch's answer is one piece anyway.
        Ok(response.body(Body::new(reqwest::Body::from(answer)))?)
    }
}

fn parse(upstream: &str) -> Result<Url> {
    let url = if upstream.contains("://") {
        Url::parse(upstream)
    } else {
        Url::parse(&format!("http://{upstream}"))
    };
    url.with_context(|| format!("{upstream} is not an address to pass requests on to"))
}

/// Without the headers that belong to one connection (RFC 9110, 7.6.1) or that the next sender sets itself.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in PER_CONNECTION {
        kept.remove(name);
    }
    kept
}

const PER_CONNECTION: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
