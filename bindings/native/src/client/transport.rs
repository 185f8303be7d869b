//! One POST: what the engine wants sent, and what came of it. No redirect is followed and no answer is judged here.

use std::time::Duration;

use eyeline_core::{ANSWER_BYTES_MAX, HostAnswer, Upload};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;

use super::endpoint::Endpoint;
use super::tls;

/// Sends uploads to one collector.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    client: reqwest::Client,
    endpoint: Endpoint,
}

impl Transport {
    /// Prepares connections, and opens none.
    pub(super) fn new(endpoint: Endpoint, timeout: Duration) -> Result<Self, TransportError> {
        let tls = if endpoint.is_https() {
            tls::https()
        } else {
            tls::none()
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.map_err(TransportError::Certificates)?)
            .https_only(endpoint.is_https())
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .connect_timeout(timeout.min(CONNECT_TIMEOUT))
            .timeout(timeout);
        if !endpoint.is_https() {
            // Plain HTTP never leaves this machine, so no proxy has a part in it.
            builder = builder.no_proxy();
        }
        Ok(Transport {
            client: builder.build().map_err(TransportError::Http)?,
            endpoint,
        })
    }

    /// Sends one upload and waits for the whole answer.
    pub(super) async fn send(&self, upload: &Upload) -> HostAnswer {
        match self.attempt(upload).await {
            Ok(answer) => answer,
            Err(error) if error.is_timeout() => HostAnswer::TimedOut,
            Err(_) => HostAnswer::Unreachable,
        }
    }

    async fn attempt(&self, upload: &Upload) -> reqwest::Result<HostAnswer> {
        let request = self
            .client
            .post(self.endpoint.url(&upload.path_and_query))
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(upload.body.clone());
        let mut response = request.send().await?;
        let code = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER);
        let retry_after = header
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut body = Vec::new();
        // A captive portal may stream without end; one byte over the limit is enough to see that it isn't ours.
        while body.len() <= ANSWER_BYTES_MAX
            && let Some(chunk) = response.chunk().await?
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(ANSWER_BYTES_MAX + 1);
        Ok(HostAnswer::Http {
            code,
            retry_after,
            body,
        })
    }
}

/// Why no connection could be prepared.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The system has no store of trusted certificates: install one, such as the package `ca-certificates`.
    #[error("no trusted certificates found on this system; install its package of CA certificates")]
    Certificates(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("could not set up the HTTP client")]
    Http(#[source] reqwest::Error),
}

const USER_AGENT: &str = concat!("eyeline-rust/", env!("CARGO_PKG_VERSION"));

/// Time for name look-up, TCP and TLS. Ours: generous for a mobile network, short of the whole timeout.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
