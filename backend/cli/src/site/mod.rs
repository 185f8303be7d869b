//! The demo's media page: items of the real data, with the snippet on it as an affiliate would paste it.

mod catalogue;
mod files;
mod sdk;
#[cfg(test)]
mod site_test;
mod slates;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use minijinja::{Environment, context};
use serde::Deserialize;

use catalogue::Catalogue;
pub use sdk::Sdk;
pub use slates::Policy;

/// What the page has to know to be served.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The collector's address.
    pub collector: String,
    /// The dashboard's address, which the page links to.
    pub dashboard: String,
    /// The write key.
    pub key: String,
    /// The affiliate that the page sends for.
    pub affiliate: String,
    /// The built SDK, where there is one.
    pub sdk: Option<Sdk>,
}

/// The page, to be served.
#[derive(Debug)]
pub struct Site {
    settings: Settings,
    catalogue: Catalogue,
}

#[derive(Debug, Deserialize)]
struct Wishes {
    /// Which policy to show; without it the visitor's address and browser decide.
    recs: Option<Policy>,
    /// `off`: a page whose content security policy refuses WebAssembly.
    wasm: Option<String>,
}

impl Site {
    /// Reads the data.
    ///
    /// # Errors
    /// Where the data built into this program can't be read, which only a broken build can cause.
    pub fn new(settings: Settings) -> Result<Self> {
        let catalogue = Catalogue::read().context("the demo's data")?;
        Ok(Self {
            settings,
            catalogue,
        })
    }

    /// The pages, their files, the slates and the SDK. Serve it with the peer's address ([`ConnectInfo`]).
    pub fn pages(self) -> Router {
        Router::new()
            .route("/", get(page))
            .route("/men", get(page))
            .route("/women", get(page))
            .route("/item/{campaign}/{item}", get(page))
            .route("/assets/{name}", get(files::file))
            .route("/api/slate", get(slates::slate))
            .route("/api/feed", get(slates::feed))
            .route("/api/item", get(slates::item))
            .route("/eyeline/{name}", get(sdk::file))
            .with_state(Arc::new(self))
    }
}

/// One page for every address: its script looks at the address and fills it.
async fn page(
    State(site): State<Arc<Site>>,
    Query(wishes): Query<Wishes>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let policy = wishes.recs.unwrap_or_else(|| allotted(peer, &headers));
    match site.shell(policy, wishes.wasm.as_deref() != Some("off")) {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            tracing::error!(%error, "the media page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Site {
    fn shell(&self, policy: Policy, wasm: bool) -> Result<impl IntoResponse + use<>> {
        let nonce = nonce()?;
        let settings = &self.settings;
        let mut templates = Environment::new();
        templates.add_template("index.html", include_str!("page/index.html"))?;
        let html = templates.get_template("index.html")?.render(context! {
            nonce => &nonce,
            wasm,
            key => &settings.key,
            affiliate => &settings.affiliate,
            collector => &settings.collector,
            dashboard => &settings.dashboard,
            sdk => settings.sdk.is_some(),
            remedy => Sdk::REMEDY,
            policy => policy.as_str(),
            other => policy.other().as_str(),
            drawings => include_str!("page/drawings.svg"),
        })?;
        let allow_wasm = if wasm { " 'wasm-unsafe-eval'" } else { "" };
        let rules = format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}'{allow_wasm}; style-src 'self'; img-src 'self' data:; \
             media-src 'self'; connect-src 'self' {}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
            settings.collector
        );
        let headers = [
            (header::CONTENT_SECURITY_POLICY, rules),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        Ok((headers, Html(html)))
    }
}

/// The same visitor gets the same policy, without a cookie: by network address and browser.
fn allotted(peer: Option<IpAddr>, headers: &HeaderMap) -> Policy {
    let mut hash = DefaultHasher::new();
    (peer, headers.get(header::USER_AGENT)).hash(&mut hash);
    if hash.finish().is_multiple_of(2) {
        Policy::Random
    } else {
        Policy::Bts
    }
}

/// What marks this answer's own inline scripts (CSP Level 3).
fn nonce() -> Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).context("the system gives no random bytes")?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
