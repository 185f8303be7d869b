//! The HTTP client that commands share.

use std::time::Duration;

use anyhow::{Context, Result};

/// A client with TLS by rustls. Only connecting is limited in time: a tail stays open for hours.
///
/// # Errors
/// Where TLS can't be set up.
pub fn http() -> Result<reqwest::Client> {
    // A provider may be installed already, by the SDK in the same process; either serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .build()
        .context("cannot set up TLS")
}
