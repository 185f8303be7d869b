//! The HTTP client of all tests.

use anyhow::Result;

/// A client that goes straight to where it is told, and tries nothing again by itself.
///
/// # Errors
/// Where the client can't be built.
pub fn http_client() -> Result<reqwest::Client> {
    // reqwest asks for a provider even where no connection will be encrypted. Another part may have set one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .no_proxy()
        .retry(reqwest::retry::never());
    Ok(client.build()?)
}
