//! TLS for this client alone: rustls with ring and the platform's own verdict on certificates, process defaults untouched.

use std::sync::{Arc, OnceLock};

use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

/// The configuration for HTTPS. Reading the system's certificates takes a while, so all clients share one.
///
/// # Errors
/// When the system has no certificate store.
pub(super) fn https() -> Result<ClientConfig, rustls::Error> {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = SHARED.get() {
        return Ok(config.clone());
    }
    let config = ClientConfig::builder_with_provider(ring())
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(SHARED.get_or_init(|| config).clone())
}

/// For an endpoint on this machine without TLS: trusts nobody and reads no certificate.
///
/// # Errors
/// Never with ring, which has ciphers for every protocol version.
pub(super) fn none() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(ring())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

fn ring() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(test)]
mod tests {
    use super::{CryptoProvider, https, none};

    #[test]
    fn the_apps_own_tls_is_left_alone() {
        https().unwrap();
        none().unwrap();
        assert!(CryptoProvider::get_default().is_none());
    }
}
