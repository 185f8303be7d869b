//! The tests of the Swift package, run on this machine.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::package::Package;
use super::toolchain::Toolchain;
use crate::steps::{self, Tally};
use crate::{tools, workspace};

/// Runs every test, that of the example among them.
pub(super) fn run(package: &Package, toolchain: &Toolchain) -> Result<Tally> {
    let mut tests = tests(package, toolchain)?;
    tests.env("EYELINE_EXAMPLE", example(package, toolchain)?);
    let tally = steps::tests(&mut tests)?;
    // A runner that finds no test says so in a line of its own and is content.
    ensure!(tally.passed + tally.failed > 0, "swift test ran no test");
    Ok(tally)
}

/// `examples/swift-cli`, built as a package that depends on this one.
fn example(package: &Package, toolchain: &Toolchain) -> Result<PathBuf> {
    let folder = workspace::root().join("examples/swift-cli");
    let scratch = workspace::target()?.join("swift/example");
    steps::run(&mut package.swift_in(&folder, &scratch, toolchain, "build")?)?;
    Ok(scratch.join("debug/swift-cli"))
}

/// Runs the kill test alone, with this many kills.
pub(super) fn kill(package: &Package, toolchain: &Toolchain, kills: u32) -> Result<()> {
    let mut tests = tests(package, toolchain)?;
    tests
        .args(["--filter", "KillTests"])
        .env("EYELINE_KILLS", kills.to_string());
    steps::run(&mut tests)
}

/// The package's host of `tests/conformance`, which its player drives.
pub(super) fn conformance(package: &Package, toolchain: &Toolchain) -> Result<Command> {
    let program = package.scratch.join("debug/ConformanceHost");
    let program = program.to_str().context("a path that is not UTF-8")?;
    let mut host = toolchain.command(program, &package.folder)?;
    // The player makes stores where the host sees them, too.
    let stores = package.scratch.join("stores");
    fs::create_dir_all(&stores).with_context(|| format!("cannot make {}", stores.display()))?;
    host.env("TMPDIR", stores);
    Ok(host)
}

fn tests(package: &Package, toolchain: &Toolchain) -> Result<Command> {
    let mut tests = package.swift(toolchain, "test")?;
    tests
        // The runner of XCTest would only say that there is none of its tests.
        .arg("--disable-xctest")
        .env(tools::EYELINE, tools::eyeline()?);
    Ok(tests)
}
