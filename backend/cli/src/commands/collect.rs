//! `eyeline collect`: the HTTP door by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use eyeline_cli::when_told;
use eyeline_collector::{
    Collector, EventSink, FileSink, FileSinkOptions, OnThrottle, Spool, SpoolOptions, SpooledSink,
    WallClock,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::delivery::Firehose;
use crate::Setting;

/// Take events over HTTP and write them to raw files, or deliver them to Firehose
#[derive(Args)]
pub(crate) struct Collect {
    #[command(flatten)]
    pub(super) door: Door,
    #[command(flatten)]
    firehose: Firehose,
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
    #[arg(long, env = "EYELINE_NO_SPOOL")]
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
        let bound = match self.firehose.sink().await? {
            None => self.door.bind(setting, |sink| sink).await?,
            Some(firehose) => {
                let sink = self
                    .door
                    .spooled(setting, firehose, self.firehose.on_throttle())?;
                self.door.bind_to(setting, sink).await?
            }
        };
        let address = &bound.address;
        setting.console.say(
            format_args!("taking events at {address}"),
            &json!({ "listening": address }),
        );
        bound.serve(async move { stop.cancelled().await }).await
    }
}

impl Door {
    /// Opens raw files, then as [`Door::bind_to`]. `around` may put something around the sink.
    pub(super) async fn bind(
        &self,
        setting: &Setting,
        around: impl FnOnce(Arc<dyn EventSink>) -> Arc<dyn EventSink>,
    ) -> Result<Bound> {
        let files = self.files(setting)?;
        let sink = self.spooled(setting, files, OnThrottle::default())?;
        self.bind_to(setting, around(sink)).await
    }

    /// Prepares the data folder and binds the address; lines go to `sink`.
    async fn bind_to(&self, setting: &Setting, sink: Arc<dyn EventSink>) -> Result<Bound> {
        let place = &setting.place;
        place.prepare(&self.affiliates)?;
        let mut builder = Collector::builder()
            .keys(place.keys())
            .sink(sink)
            .clock(clock(setting));
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

    /// Raw files in a folder.
    fn files(&self, setting: &Setting) -> Result<Arc<dyn EventSink>> {
        let raw = setting.place.raw();
        ensure!(
            !raw.contains("://"),
            "the collector writes raw files to a folder, not to {raw}: pass a folder as --raw, or a stream as --firehose"
        );
        let mut options = FileSinkOptions::default();
        options.rotate_after = self.rotate_after;
        options.rotate_bytes = self.rotate_bytes;
        options.clock = clock(setting);
        let files = FileSink::open(&raw, options)
            .with_context(|| format!("cannot write raw files to {raw}"))?;
        Ok(Arc::new(files))
    }

    /// The sink with a spool behind it, where there is a disk for one.
    fn spooled(
        &self,
        setting: &Setting,
        sink: Arc<dyn EventSink>,
        on_throttle: OnThrottle,
    ) -> Result<Arc<dyn EventSink>> {
        let folder = setting.place.spool();
        let mut options = SpoolOptions::durable(&folder);
        options.disk_outlives_host = !self.no_spool;
        let spool = Spool::open(&options)
            .with_context(|| format!("cannot open the spool {}", folder.display()))?;
        Ok(match spool {
            Some(spool) => Arc::new(SpooledSink::with(sink, spool, on_throttle)),
            None => sink,
        })
    }
}

fn clock(setting: &Setting) -> WallClock {
    let clock = setting.clock.clone();
    Arc::new(move || clock.now())
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
