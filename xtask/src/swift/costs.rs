//! What the package costs an app: its program `Costs`, optimised, beside a collector of its own.

use anyhow::{Context, Result};

use super::package::Package;
use super::toolchain::Toolchain;
use crate::collector::{AFFILIATE, Collector, KEY};
use crate::steps;

/// Builds it, starts the collector, and has it print its tables.
pub(super) fn measure(package: &Package, toolchain: &Toolchain) -> Result<()> {
    let mut build = package.swift(toolchain, "build")?;
    steps::run(build.args(["--configuration", "release", "--product", "Costs"]))?;
    let stage = package.scratch.join("costs");
    let collector = Collector::start(&stage)?;
    let program = package.scratch.join("release/Costs");
    let program = program.to_str().context("a path that is not UTF-8")?;
    let mut costs = toolchain.command(program, &package.folder)?;
    costs.args([&collector.address, KEY, AFFILIATE]);
    steps::run(costs.arg(stage.join("events")))
}
