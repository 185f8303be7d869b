//! `eyeline collect`: the HTTP door by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use eyeline_cli::when_told;
use eyeline_collector::{
    Collector, EventSink, FileSink, FileSinkOptions, Spool, SpoolOptions, SpooledSink, WallClock,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::Setting;

/// Take events over HTTP and write them to raw files
#[derive(Args)]
pub(crate) struct Collect {
    #[command(flatten)]
    pub(super) door: Door,
}

/// Settings of the HTTP door, the same by itself and within `up`.
#[derive(Args)]
pub(crate) struct Door {
    /// The address to take events at; port 0 picks a free one
    #[arg(long, default_value = "127.0.0.1:8080", env = "EYELINE_LISTEN")]
    listen: SocketAddr,
    /// Close a raw file this long after its first line, so that the loader sees it
    #[arg(long, default_value = "5s", value_parser = humantime::parse_duration)]
    rotate_after: Duration,
    /// Close a raw file at this many compressed bytes
    #[arg(long, default_value_t = 5 * 1024 * 1024)]
    rotate_bytes: u64,
    /// How many of your own proxies stand in front; 0 believes no forwarded header
    #[arg(long, default_value_t = 0)]
    trusted_proxies: usize,
    /// The header in which the nearest trusted proxy writes the visitor's country
    #[arg(long)]
    country_header: Option<String>,
    /// Keep no spool: the data folder's disk dies with this host, so while raw files can't be written clients are asked to come back
    #[arg(long)]
    no_spool: bool,
    /// Affiliates of the first write key, where this run makes the keys file
    #[arg(long, value_delimiter = ',', default_value = "my-site")]
    affiliates: Vec<String>,
}

/// A door that is bound and about to serve.
pub(super) struct Bound {
    pub(super) address: String,
    collector: Collector,
    listener: TcpListener,
}

impl Collect {
    pub(crate) async fn run(self, setting: &Setting) -> Result<()> {
        let stop = when_told()?;
        let bound = self.door.bind(setting, |sink| sink).await?;
        let address = &bound.address;
        setting.console.say(
            format_args!("taking events at {address}"),
            &json!({ "listening": address }),
        );
        bound.serve(async move { stop.cancelled().await }).await
    }
}

impl Door {
    /// Prepares the data folder, opens the sink and binds the address. `around` may put something around the sink.
    pub(super) async fn bind(
        &self,
        setting: &Setting,
        around: impl FnOnce(Arc<dyn EventSink>) -> Arc<dyn EventSink>,
    ) -> Result<Bound> {
        let place = &setting.place;
        place.prepare(&self.affiliates)?;
        let clock = setting.clock.clone();
        let clock: WallClock = Arc::new(move || clock.now());
        let mut builder = Collector::builder()
            .keys(place.keys())
            .sink(around(self.sink(setting, Arc::clone(&clock))?))
            .clock(clock);
        builder = builder.trusted_proxies(self.trusted_proxies);
        if let Some(header) = &self.country_header {
            builder = builder.country_header(header)?;
        }
        let collector = builder
            .build()
            .with_context(|| format!("keys file {}", place.keys().display()))?;
        let listener = TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "cannot listen at {}: is another process there? --listen takes another address",
                self.listen
            )
        })?;
        Ok(Bound {
            address: format!("http://{}", listener.local_addr()?),
            collector,
            listener,
        })
    }

    /// Raw files, with a spool behind them for as long as they can't be written.
    fn sink(&self, setting: &Setting, clock: WallClock) -> Result<Arc<dyn EventSink>> {
        let place = &setting.place;
        let raw = place.raw();
        ensure!(
            !raw.contains("://"),
            "the collector writes raw files to a folder, not to {raw}: pass a folder as --raw"
        );
        let mut options = FileSinkOptions::default();
        options.rotate_after = self.rotate_after;
        options.rotate_bytes = self.rotate_bytes;
        options.clock = clock;
        let files = FileSink::open(&raw, options)
            .with_context(|| format!("cannot write raw files to {raw}"))?;
        let folder = place.spool();
        let mut options = SpoolOptions::durable(&folder);
        options.disk_outlives_host = !self.no_spool;
        let spool = Spool::open(&options)
            .with_context(|| format!("cannot open the spool {}", folder.display()))?;
        Ok(match spool {
            Some(spool) => Arc::new(SpooledSink::new(Arc::new(files), spool)),
            None => Arc::new(files),
        })
    }
}

impl Bound {
    /// Serves until `stop`, then answers what is under way and closes the raw files.
    pub(super) async fn serve(self, stop: impl Future<Output = ()>) -> Result<()> {
        self.collector
            .serve(self.listener, stop)
            .await
            .context("the collector did not end cleanly")
    }
}
