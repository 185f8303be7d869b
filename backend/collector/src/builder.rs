//! The settings of a collector and their defaults.
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderName;
use tokio_util::sync::CancellationToken;

use crate::clock::{WallClock, system_clock};
use crate::collector::Collector;
use crate::http::{App, Proxies, Tails};
use crate::keys::{KeyRing, KeysError};
use crate::metrics::Metrics;
use crate::server::Bounds;
use crate::sink::EventSink;

/// Settings of a [`Collector`].
pub struct Builder {
    keys: Option<PathBuf>,
    sink: Option<Arc<dyn EventSink>>,
    proxies: Proxies,
    clock: WallClock,
    body_timeout: Duration,
    keys_poll: Duration,
    bounds: Bounds,
    beside: Router,
}

/// Why a collector can't be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A required setting is missing.
    #[error("the collector needs {0}")]
    Missing(&'static str),
    /// The keys file can't be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The country header's name is not a header's name.
    #[error("the country header's name is not valid in HTTP")]
    CountryHeader,
    /// The metrics can't be set up.
    #[error("the metrics can't be set up: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

impl Builder {
    /// The keys file (docs/keys.md). Required.
    #[must_use]
    pub fn keys(mut self, path: impl Into<PathBuf>) -> Self {
        self.keys = Some(path.into());
        self
    }

    /// Where accepted lines go. Required.
    #[must_use]
    pub fn sink(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// How many proxies of the operator stand before the collector; 0 by default, and then no forwarded header counts.
    #[must_use]
    pub fn trusted_proxies(mut self, count: usize) -> Self {
        self.proxies.trusted = count;
        self
    }

    /// The header in which the nearest trusted proxy writes the visitor's country, as `cloudfront-viewer-country`.
    ///
    /// # Errors
    /// [`BuildError::CountryHeader`] when it is no header's name.
    pub fn country_header(mut self, name: &str) -> Result<Self, BuildError> {
        let name = HeaderName::try_from(name.to_ascii_lowercase())
            .map_err(|_| BuildError::CountryHeader)?;
        self.proxies.country_header = Some(name);
        Ok(self)
    }

    /// How long a request's body may take; 20 s by default.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// How often the keys file is looked at; 2 s by default.
    #[must_use]
    pub fn keys_poll(mut self, every: Duration) -> Self {
        self.keys_poll = every;
        self
    }

    /// How long the head of a request may take; 10 s by default.
    #[must_use]
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.bounds.head_timeout = timeout;
        self
    }

    /// How long requests may take to finish after shutdown began; 25 s by default.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.bounds.drain_timeout = timeout;
        self
    }

    /// Connections open at once; 10,000 by default. More wait in the kernel's queue.
    #[must_use]
    pub fn connections_max(mut self, connections: usize) -> Self {
        self.bounds.connections = connections;
        self
    }

    /// Further routes to serve on the same listener.
    #[must_use]
    pub fn beside(mut self, routes: Router) -> Self {
        self.beside = routes;
        self
    }

    /// A wall clock other than the machine's: for replays, which own time.
    #[doc(hidden)]
    #[must_use]
    pub fn clock(mut self, clock: WallClock) -> Self {
        self.clock = clock;
        self
    }

    /// Reads the keys file and puts the collector together.
    ///
    /// # Errors
    /// [`BuildError`]: what is missing or can't be used.
    pub fn build(self) -> Result<Collector, BuildError> {
        let app = App {
            keys: KeyRing::open(self.keys.ok_or(BuildError::Missing("a keys file"))?)?,
            sink: self.sink.ok_or(BuildError::Missing("a sink"))?,
            clock: self.clock,
            proxies: self.proxies,
            body_timeout: self.body_timeout,
            metrics: Metrics::new()?,
            tails: Tails::new(),
            draining: CancellationToken::new(),
        };
        app.metrics.keys_loaded.increment(1);
        Ok(Collector {
            app: Arc::new(app),
            bounds: self.bounds,
            keys_poll: self.keys_poll,
            beside: self.beside,
        })
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            keys: None,
            sink: None,
            proxies: Proxies::default(),
            clock: system_clock(),
            // Longer than a phone on a bad network needs for 256 KiB, shorter than load balancers keep a connection (60 s).
            body_timeout: Duration::from_secs(20),
            keys_poll: Duration::from_secs(2),
            bounds: Bounds {
                connections: 10_000,
                head_timeout: Duration::from_secs(10),
                // Kubernetes and ECS kill after 30 s.
                drain_timeout: Duration::from_secs(25),
            },
            beside: Router::new(),
        }
    }
}
