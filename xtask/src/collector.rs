//! A collector beside a program that is measured.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::Process;
use crate::tools;

/// `eyeline collect`, until it is let go.
pub(crate) struct Collector {
    _process: Process,
    pub(crate) address: String,
}

impl Collector {
    /// Starts it on a free port, with a folder of its own that is cleared first.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let keys = format!(
            r#"{{"v":1,"keys":[{{"key":"{KEY}","name":"{KEY}","affiliates":["{AFFILIATE}"]}}]}}"#
        );
        fs::write(folder.join("keys.json"), keys).context("cannot write the keys")?;
        let mut collect = Command::new(tools::eyeline()?);
        collect.args(["--json", "--data"]).arg(folder);
        collect.args(["collect", "--listen", "127.0.0.1:0"]);
        let mut process = Process::start("the collector", &mut collect)?;
        let listening = process.await_object("listening")?;
        Ok(Self {
            _process: process,
            address: listening["listening"]
                .as_str()
                .context("its address is no text")?
                .to_owned(),
        })
    }
}

/// Its one key, and whose it is.
pub(crate) const KEY: &str = "wk_costs";
pub(crate) const AFFILIATE: &str = "my-app";
