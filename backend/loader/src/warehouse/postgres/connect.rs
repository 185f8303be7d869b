//! Connections to PostgreSQL: encrypted, with the server's certificate checked, unless the address says otherwise.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::error::{Result, WarehouseError};

/// How to connect.
#[derive(Clone)]
pub(super) struct Connect {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl std::fmt::Debug for Connect {
    /// The password stays out.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connect")
            .field("hosts", &self.config.get_hosts())
            .field("database", &self.config.get_dbname())
            .finish_non_exhaustive()
    }
}

impl Connect {
    /// Reads an address. `schema` and `sslrootcert` are ours to understand, the rest is tokio-postgres's.
    pub(super) fn read(url: &url::Url) -> Result<Self> {
        let mut theirs = url.clone();
        theirs.set_query(None);
        let (mut mode, mut authority) = ("require".to_owned(), None);
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "schema" => {}
                "sslmode" => mode = value.into_owned(),
                "sslrootcert" => authority = Some(value.into_owned()),
                _ => drop(theirs.query_pairs_mut().append_pair(&name, &value)),
            }
        }
        let mut config: Config = theirs
            .as_str()
            .parse()
            .map_err(|error| WarehouseError::Address(super::causes(&error)))?;
        let tls = match mode.as_str() {
            "disable" => None,
            // Encryption without looking at the certificate protects from nobody who can answer in the server's place.
            "require" | "verify-ca" | "verify-full" => Some(tls(authority.as_deref())?),
            other => {
                return Err(WarehouseError::Address(format!(
                    "sslmode={other}: require (the certificate is checked) or disable"
                )));
            }
        };
        config.ssl_mode(match tls {
            Some(_) => SslMode::Require,
            None => SslMode::Disable,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("eyeline");
        }
        Ok(Self { config, tls })
    }

    /// A new connection.
    pub(super) async fn client(&self) -> Result<Client> {
        match &self.tls {
            None => connect(&self.config, NoTls).await,
            Some(tls) => connect(&self.config, tls.clone()).await,
        }
    }
}

async fn connect<T>(config: &Config, tls: T) -> Result<Client>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, connection) = config.connect(tls).await?;
    tokio::spawn(async move {
        // The client hears of it too.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to PostgreSQL ended");
        }
    });
    Ok(client)
}

fn tls(authority: Option<&str>) -> Result<MakeRustlsConnect> {
    let refuse = |error: &dyn std::error::Error| WarehouseError::Address(format!("TLS: {error}"));
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(&error))?;
    let config = match authority {
        None => config
            .with_platform_verifier()
            .map_err(|error| refuse(&error))?,
        Some(path) => config.with_root_certificates(roots(path)?),
    };
    Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
}

fn roots(path: &str) -> Result<RootCertStore> {
    let refuse = |what: String| WarehouseError::Address(format!("sslrootcert={path}: {what}"));
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| refuse(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| refuse(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refuse("holds no certificate".to_owned()));
    }
    Ok(roots)
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<Connect> {
        Connect::read(&address.parse().unwrap())
    }

    #[test]
    fn a_connection_is_encrypted_unless_the_address_says_otherwise() {
        assert!(read("postgres://u:p@host/db").unwrap().tls.is_some());
        assert!(
            read("postgres://u:p@host/db?sslmode=verify-full")
                .unwrap()
                .tls
                .is_some()
        );
        let open = read("postgres://u:p@host/db?sslmode=disable&schema=web").unwrap();
        assert!(open.tls.is_none());
        assert!(read("postgres://u:p@host/db?sslmode=prefer").is_err());
        assert!(read("postgres://u:p@host/db?sslrootcert=/nowhere").is_err());
    }

    #[test]
    fn a_password_is_not_shown() {
        let shown = format!("{:?}", read("postgres://u:geheim@host/db").unwrap());
        assert!(
            shown.contains("host") && !shown.contains("geheim"),
            "{shown}"
        );
    }
}
