//! The tests of the web parts that need no browser: Node runs the engine's two builds beside the native one.

use std::path::PathBuf;

use anyhow::Result;

use super::place::Place;
use crate::steps::{self, Tally};
use crate::workspace;

/// Runs them on what lies in `dist`.
pub(super) fn run(place: &Place) -> Result<Tally> {
    let native = native()?;
    let mut node = place.node();
    node.args([
        "--test",
        "--test-reporter=spec",
        "tests/core/",
        "tests/unit/",
    ])
    .env("EYELINE_NATIVE", native);
    steps::tests(&mut node)
}

/// The engine for this machine behind the surface of the web build. It is built by itself: with the rest of the workspace
/// the core would have features that the web build leaves out.
fn native() -> Result<PathBuf> {
    let mut cargo = workspace::cargo()?;
    cargo.args(["build", "--quiet", "--locked", "--package", "eyeline-web"]);
    steps::run(cargo.args(["--example", "native"]))?;
    Ok(workspace::binaries()?.join("examples/native"))
}
