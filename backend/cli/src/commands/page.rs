//! The media page of `eyeline up`: its options, its address, and whether the SDK is there to be put on it.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use axum::Router;
use clap::Args;
use eyeline_cli::site::{Sdk, Settings, Site};
use tokio::net::TcpListener;

use crate::Setting;

/// Options of the media page.
#[derive(Args)]
pub(super) struct Page {
    /// The address of the media page [default: 127.0.0.1:8082, or any free port where that is taken]
    #[arg(long)]
    site: Option<SocketAddr>,
    /// Serve no media page
    #[arg(long, conflicts_with_all = ["site", "sdk"])]
    no_site: bool,
    /// The folder of the built web SDK [default: found beside this program or in the checkout]
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

/// A media page that is about to be served.
pub(super) struct Opening {
    pub(super) address: String,
    pub(super) listener: TcpListener,
    pub(super) pages: Router,
    sdk: Option<Sdk>,
}

impl Page {
    /// Binds the address, unless no page is wanted.
    pub(super) async fn bind(
        &self,
        setting: &Setting,
        collector: &str,
        dashboard: &str,
    ) -> Result<Option<Opening>> {
        if self.no_site {
            return Ok(None);
        }
        let sdk = Sdk::find(self.sdk.as_deref())?;
        let listener = self.listen().await?;
        let key = setting.place.first_key()?;
        let settings = Settings {
            collector: collector.to_owned(),
            dashboard: dashboard.to_owned(),
            key: key.key,
            affiliate: key
                .affiliates
                .into_iter()
                .next()
                .context("the first key has no affiliate")?,
            sdk: sdk.clone(),
        };
        Ok(Some(Opening {
            address: format!("http://{}", listener.local_addr()?),
            listener,
            pages: Site::new(settings)?.pages(),
            sdk,
        }))
    }

    async fn listen(&self) -> Result<TcpListener> {
        if let Some(address) = self.site {
            return TcpListener::bind(address).await.with_context(|| {
                format!("cannot listen at {address}: is another process there? --site takes another address")
            });
        }
        match TcpListener::bind(USUAL).await {
            Ok(listener) => Ok(listener),
            Err(_) => TcpListener::bind(ANY)
                .await
                .context("cannot listen on this machine"),
        }
    }
}

impl Opening {
    /// The folder of the SDK that is on the page.
    pub(super) fn sdk(&self) -> Option<&Path> {
        self.sdk.as_ref().map(Sdk::folder)
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "media page {}", self.address)?;
        if self.sdk.is_none() {
            write!(
                f,
                " (nothing is measured on it yet: `{}` builds the web SDK)",
                Sdk::REMEDY
            )?;
        }
        Ok(())
    }
}

const USUAL: &str = "127.0.0.1:8082";
const ANY: &str = "127.0.0.1:0";
