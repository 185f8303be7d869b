//! A folder with a keys file and raw files, and collectors that use it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result};
use eyeline_collector::{Collector, FileSink, FileSinkOptions};
use eyeline_core::UnixMillis;
use eyeline_tests::Child;
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

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// A collector in this process, on its own thread's clock.
    pub(crate) async fn collector(&self) -> Result<Serving> {
        let sink = Arc::new(FileSink::open(self.raw(), FileSinkOptions::default())?);
        let collector = Collector::builder().keys(self.keys()).sink(sink).build()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            Ok(collector.serve(listener, shutdown).await?)
        });
        Ok(Serving { url, stop, served })
    }

    /// A collector in a process of its own, and its address.
    pub(crate) fn collector_process(&self) -> Result<(Child, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
        command.arg("collect").arg("--raw").arg(self.raw());
        command.arg("--keys").arg(self.keys());
        let mut child = Child::start(&mut command)?;
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

/// A moment long ago enough to be plausible as an SDK's start.
pub(crate) fn now() -> Result<UnixMillis> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(UnixMillis::from_i64(i64::try_from(since.as_millis())?))
}

/// How often to kill: few by default, as many as the long run asks for.
pub(crate) fn kills() -> usize {
    let set = std::env::var("EYELINE_BACKEND_KILLS").ok();
    set.and_then(|kills| kills.parse().ok()).unwrap_or(5)
}
