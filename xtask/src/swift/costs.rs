//! What the package costs an app: its program `Costs`, optimised, beside a collector of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use super::package::Package;
use super::toolchain::Toolchain;
use crate::{steps, tools};

/// Builds it, starts the collector, and has it print its tables.
pub(super) fn measure(package: &Package, toolchain: &Toolchain) -> Result<()> {
    let mut build = package.swift(toolchain, "build")?;
    steps::run(build.args(["--configuration", "release", "--product", "Costs"]))?;
    let stage = package.scratch.join("costs");
    if stage.exists() {
        fs::remove_dir_all(&stage).with_context(|| format!("cannot clear {}", stage.display()))?;
    }
    fs::create_dir_all(&stage).with_context(|| format!("cannot make {}", stage.display()))?;
    let (collector, address) = Collector::start(&stage)?;
    let program = package.scratch.join("release/Costs");
    let program = program.to_str().context("a path that is not UTF-8")?;
    let mut costs = toolchain.command(program, &package.folder)?;
    costs.args([&address, KEY, AFFILIATE]);
    let measured = steps::run(costs.arg(stage.join("events")));
    drop(collector);
    measured
}

/// `eyeline collect`, until it is let go.
struct Collector(Child);

impl Collector {
    fn start(stage: &std::path::Path) -> Result<(Self, String)> {
        let keys = format!(
            r#"{{"v":1,"keys":[{{"key":"{KEY}","name":"{KEY}","affiliates":["{AFFILIATE}"]}}]}}"#
        );
        fs::write(stage.join("keys.json"), keys).context("cannot write the keys")?;
        let mut command = Command::new(tools::eyeline()?);
        command.args(["--json", "--data"]).arg(stage);
        command.args(["collect", "--listen", "127.0.0.1:0"]);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the collector")?;
        let said = child.stdout.take().context("its output is not piped")?;
        let collector = Self(child);
        for line in BufReader::new(said).lines() {
            let line: serde_json::Value = serde_json::from_str(&line?).unwrap_or_default();
            if let Some(address) = line["listening"].as_str() {
                return Ok((collector, address.to_owned()));
            }
        }
        anyhow::bail!("the collector ended before it listened")
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const KEY: &str = "wk_costs";
const AFFILIATE: &str = "my-app";
