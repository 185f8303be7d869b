//! The demo's stage: the built binaries, a folder for the data, the clock that the replay owns.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use super::cloud::{Cloud, DELIVERY};
use crate::process::Process;
use crate::{steps, workspace};

/// Where one run of the demo happens.
pub(super) struct Stage {
    folder: PathBuf,
    binaries: PathBuf,
    cloud: Option<Cloud>,
}

impl Stage {
    /// Builds the binaries and makes a fresh folder.
    pub(super) fn build() -> Result<Self> {
        workspace::prepare_target()?;
        println!("building (the first build takes a while: the query engine is large)");
        // The whole workspace, as the tests build it: one set of features, so nothing is compiled twice.
        steps::run(workspace::cargo()?.args(["build", "--workspace", "--bins", "--locked"]))?;
        let folder = std::env::temp_dir().join(format!("eyeline-demo-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let stage = Self {
            folder,
            binaries: workspace::binaries()?,
            cloud: None,
        };
        stage.set_clock()?;
        Ok(stage)
    }

    /// The same, over AWS's services: Firehose with its Lambda function, and S3 with KMS.
    pub(super) fn build_in_the_cloud() -> Result<Self> {
        let mut stage = Self::build()?;
        stage.cloud = Some(Cloud::start(&stage.binaries, &stage.clock())?);
        Ok(stage)
    }

    /// The services of AWS, where the stage has them.
    pub(super) fn cloud(&mut self) -> Option<&mut Cloud> {
        self.cloud.as_mut()
    }

    /// The folder that everything of this run lies in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the folder.
    pub(super) fn clear(self) -> Result<()> {
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot remove {}", self.folder.display()))
    }

    /// `eyeline` on this stage's data and clock, saying JSON.
    pub(super) fn eyeline(&self, command: &str) -> Command {
        let mut eyeline = self.eyeline_today(command);
        eyeline.arg("--stepped-clock").arg(self.clock());
        eyeline
    }

    /// `eyeline` on this stage's data, by the system's clock.
    pub(super) fn eyeline_today(&self, command: &str) -> Command {
        let mut eyeline = Command::new(self.binaries.join("eyeline"));
        eyeline.current_dir(workspace::root()).arg(command);
        eyeline.arg("--data").arg(self.folder.join("data"));
        if let Some(cloud) = &self.cloud {
            cloud.seen_by(&mut eyeline);
        }
        eyeline
    }

    /// Starts the proxy that duplicates requests, answers 503 and cuts connections on the way to `collector`.
    pub(super) fn fault_proxy(&self, collector: &str) -> Result<FaultProxy> {
        let mut proxy = Command::new(self.binaries.join("fault-proxy"));
        proxy.args(["--listen", "127.0.0.1:0", "--upstream", collector]);
        let mut process = Process::start("the fault proxy", &mut proxy)?;
        let address = text(&process.await_object("listening")?["listening"]);
        Ok(FaultProxy { process, address })
    }

    fn clock(&self) -> PathBuf {
        self.folder.join("clock")
    }

    /// Sets the clock to a time before the replay's first event. From then on the replay moves it.
    fn set_clock(&self) -> Result<()> {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the system clock is before 1970")?;
        let wall = u64::try_from((since_1970 - BEFORE_THE_REPLAY).as_millis())
            .context("the system clock is absurd")?;
        fs::write(self.clock(), wall.to_le_bytes()).context("cannot write the clock's file")
    }
}

/// A running fault proxy.
pub(super) struct FaultProxy {
    process: Process,
    /// Where clients send to.
    pub(super) address: String,
}

impl FaultProxy {
    /// Stops it and gives its counts.
    pub(super) fn counts(mut self) -> Result<serde_json::Value> {
        self.process.ask_to_stop()?;
        Ok(self.process.await_object("counts")?["counts"].take())
    }
}

impl Stage {
    /// The collector's command line on this stage, but for its address.
    pub(super) fn collect(&self) -> Command {
        let mut collect = self.eyeline("collect");
        collect.arg("--json").args(DOOR);
        if self.cloud.is_some() {
            collect.args(DELIVERY);
        }
        collect
    }

    /// The loader's command line on this stage, looking for raw files every so often.
    pub(super) fn load_every(&self) -> Command {
        // Over HTTP a load costs a request for each file it touches, on a machine that plays the whole cloud meanwhile.
        let every = if self.cloud.is_some() { "5s" } else { "1s" };
        let mut load = self.eyeline("load");
        load.args(["--every", every, "--list-all", "--json"]);
        self.with_warehouse(&mut load);
        load
    }

    /// The loader's command line on this stage, once.
    pub(super) fn load_once(&self) -> Command {
        let mut load = self.eyeline("load");
        load.args(["--once", "--list-all", "--json"]);
        self.with_warehouse(&mut load);
        load
    }

    fn with_warehouse(&self, load: &mut Command) {
        if let Some(cloud) = &self.cloud {
            cloud.loaded_by(load);
        }
    }
}

/// How the demo's door is set: for the data's affiliates, and closing raw files by the stepped clock, as Firehose would.
pub(super) const DOOR: [&str; 4] = [
    "--affiliates",
    "zozo-all,zozo-men,zozo-women",
    "--rotate-after",
    "10m",
];

/// The data covers seven days.
const BEFORE_THE_REPLAY: Duration = Duration::from_secs(8 * 24 * 3600);

/// A JSON string's text.
pub(super) fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
