//! The web SDK in real browsers: what they need, the suites of `bindings/web/tests`, and the soak.

mod install;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::steps::{self, Tally};
use crate::{tools, web, workspace};

/// Installs the browsers and what drives them, where missing.
///
/// # Errors
/// Where something is missing and can't be installed, naming it.
pub(crate) fn install() -> Result<()> {
    install::install()
}

/// Runs every suite in every browser, against the built collector and the built SDK.
pub(crate) fn suites() -> Result<Tally> {
    ready()?;
    steps::tests(
        node()?
            .args(["--test", "--test-reporter=spec"])
            .arg(format!("--test-concurrency={AT_ONCE}"))
            .args(files()?),
    )
}

/// Closes tabs and kills browsers at random moments, in each of the three, and shows what became of what was on screen.
pub(crate) fn soak(closings: u32, kills: u32) -> Result<()> {
    ready()?;
    steps::run(
        node()?
            .arg("tests/soak/main.js")
            .args([closings.to_string(), kills.to_string()]),
    )
}

/// The browsers, the SDK's files and the command `eyeline`.
fn ready() -> Result<()> {
    install::install()?;
    web::run(web::Differences::Say)?;
    tools::build_eyeline()?;
    Ok(())
}

/// `node` in `bindings/web`, with the built `eyeline` named.
pub(crate) fn node() -> Result<Command> {
    let mut node = Command::new("node");
    node.current_dir(folder())
        .env("EYELINE_BIN", workspace::binaries()?.join("eyeline"));
    Ok(node)
}

fn files() -> Result<Vec<PathBuf>> {
    let suites = folder().join("tests/suites");
    let files =
        fs::read_dir(&suites).with_context(|| format!("cannot read {}", suites.display()))?;
    let mut paths: Vec<_> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    paths.sort();
    Ok(paths)
}

fn folder() -> PathBuf {
    workspace::root().join("bindings/web")
}

/// Suites at once: a browser waits more than it computes, and two cores carry three of them.
const AT_ONCE: u32 = 3;
