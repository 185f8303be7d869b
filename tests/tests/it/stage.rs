//! A folder with a keys file and raw files, and collectors that use it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use eyeline_collector::{Collector, EventSink, FileSink, FileSinkOptions};
use eyeline_core::UnixMillis;
use eyeline_loader::{Loader, Options};
use eyeline_tests::{Child, Sealed, deliver, finished_files, salts};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The write key of all tests.
pub(crate) const KEY: &str = "wk_tests_1";
/// Affiliates that key may send for.
pub(crate) const AFFILIATES: [&str; 3] = ["north", "south", "west"];

pub(crate) struct Stage {
    folder: TempDir,
}

/// A collector in this process.
pub(crate) struct Serving {
    pub(crate) url: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<()>>,
}

impl Stage {
    pub(crate) fn new() -> Result<Self> {
        let stage = Self {
            folder: tempfile::tempdir()?,
        };
        let keys = json!({"v": 1, "keys": [{"key": KEY, "affiliates": AFFILIATES}]});
        fs::write(stage.keys(), keys.to_string())?;
        Ok(stage)
    }

    pub(crate) fn raw(&self) -> PathBuf {
        self.folder.path().join("raw")
    }

    /// The folder of a collector's spool.
    pub(crate) fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    /// What that folder takes on the disk, in bytes.
    pub(crate) fn bytes_of_spool(&self) -> Result<u64> {
        let files = fs::read_dir(self.spool())?;
        files.map(|file| Ok(file?.metadata()?.len())).sum()
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    fn lake(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    /// How many raw files wait or were loaded.
    pub(crate) fn raw_files(&self) -> Result<usize> {
        Ok(finished_files(&self.raw())?.len())
    }

    /// A folder of a client's own.
    pub(crate) fn device(&self, name: &str) -> PathBuf {
        self.folder.path().join("devices").join(name)
    }

    /// A collector in this process, by the system's clock.
    pub(crate) async fn collector(&self) -> Result<Serving> {
        self.collector_at(Arc::new(system_time)).await
    }

    /// A collector in this process, by a clock of the test's. Its files are small: there are many of them.
    pub(crate) async fn collector_at(&self, clock: Clock) -> Result<Serving> {
        let mut options = FileSinkOptions::default();
        options.rotate_bytes = 4 << 10;
        options.clock = Arc::clone(&clock);
        let sink = FileSink::open(self.raw(), options)?;
        self.collector_before(Arc::new(sink), clock).await
    }

    /// A collector in this process, before a sink of the test's.
    pub(crate) async fn collector_before(
        &self,
        sink: Arc<dyn EventSink>,
        clock: Clock,
    ) -> Result<Serving> {
        let collector = Collector::builder()
            .keys(self.keys())
            .sink(sink)
            .clock(clock)
            .build()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            Ok(collector.serve(listener, shutdown).await?)
        });
        Ok(Serving { url, stop, served })
    }

    /// A loader in this process.
    pub(crate) fn loader(&self) -> Result<Loader> {
        self.loader_at(Arc::new(system_time))
    }

    /// A loader by a clock of the test's.
    pub(crate) fn loader_at(&self, clock: Clock) -> Result<Loader> {
        let mut options = Options::new(salts()?);
        options.clock = clock;
        // A few of the small files at a time.
        options.micro_batch_bytes = 32 << 10;
        self.loader_with(options)
    }

    /// A loader that commits each raw file for itself.
    pub(crate) fn loader_of_small_bites(&self) -> Result<Loader> {
        let mut options = Options::new(salts()?);
        options.micro_batch_bytes = 1;
        self.loader_with(options)
    }

    fn loader_with(&self, mut options: Options) -> Result<Loader> {
        options.list_all = true;
        let (raw, lake) = (self.raw(), self.lake());
        Ok(Loader::new(
            &raw.to_string_lossy(),
            &lake.to_string_lossy(),
            options,
        )?)
    }

    /// A client in a process of its own, and how many events it captured.
    pub(crate) fn client_process(&self, to: &str, impressions: usize) -> Result<(Child, u64)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
        command
            .arg("client")
            .arg("--directory")
            .arg(self.device("phone"));
        command.args(["--to", to, "--key", KEY, "--affiliate", AFFILIATES[0]]);
        command.args(["--impressions", &impressions.to_string()]);
        let mut child = Child::start(&mut command)?;
        let captured = child.await_field("captured")?;
        Ok((child, captured.as_u64().context("a count is a number")?))
    }

    /// A loader in a process of its own, which ends when everything is loaded.
    pub(crate) fn loader_process(&self) -> Result<Child> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
        command.arg("load").arg("--raw").arg(self.raw());
        command.arg("--lake").arg(self.lake());
        command.args(["--micro-batch-bytes", "1"]);
        Child::start(&mut command)
    }

    /// A collector in a process of its own, and its address.
    pub(crate) fn collector_process(&self) -> Result<(Child, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
        command.arg("collect").arg("--raw").arg(self.raw());
        self.listening(&mut command)
    }

    /// The same before Firehose, with a spool.
    pub(crate) fn delivering_process(&self, firehose: &str) -> Result<(Child, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
        command.args(["deliver", "--stream", "eyeline", "--spool"]);
        command.arg(self.spool()).envs([
            ("AWS_ENDPOINT_URL_FIREHOSE", firehose),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]);
        self.listening(&mut command)
    }

    fn listening(&self, command: &mut Command) -> Result<(Child, String)> {
        command.arg("--keys").arg(self.keys());
        let mut child = Child::start(command)?;
        let listening = child.await_field("listening")?;
        let url = listening.as_str().context("an address is text")?.to_owned();
        Ok((child, url))
    }
}

impl Serving {
    /// Lets it finish and write out its files.
    pub(crate) async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        self.served.await?
    }
}

/// Tells collector and loader the time.
pub(crate) type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// The present.
pub(crate) fn system_time() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis::from_i64(i64::try_from(since.as_millis()).unwrap())
}

/// When the devices of the tests started.
pub(crate) fn an_hour_ago() -> UnixMillis {
    system_time().minus(Duration::from_secs(3_600))
}

/// Sends a batch again and again until the collector has it, as the SDK does.
pub(crate) async fn deliver_surely(client: &reqwest::Client, to: &str, batch: &Sealed) {
    deliver_surely_at(client, to, batch, system_time()).await;
}

/// The same at another time.
pub(crate) async fn deliver_surely_at(
    client: &reqwest::Client,
    to: &str,
    batch: &Sealed,
    now: UnixMillis,
) {
    while !deliver(client, to, KEY, batch, now).await {}
}

/// How often to kill: few by default, as many as the long run asks for.
pub(crate) fn kills() -> usize {
    let set = std::env::var("EYELINE_BACKEND_KILLS").ok();
    set.and_then(|kills| kills.parse().ok()).unwrap_or(5)
}
