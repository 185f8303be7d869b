//! The web SDK in real browsers: what they need, the suites of `bindings/web/tests`, and the soak.

mod install;
mod node;

use anyhow::{Context, Result};

use crate::steps::{self, Tally};
use crate::workspace;

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
    node::tests(
        node::node()?
            .args(["--test", "--test-reporter=spec"])
            .arg(format!("--test-concurrency={AT_ONCE}"))
            .args(node::suites()?),
    )
}

/// Closes tabs and kills browsers at random moments, in each of the three, and shows what became of what was on screen.
pub(crate) fn soak(closings: u32, kills: u32) -> Result<()> {
    ready()?;
    steps::run(
        node::node()?
            .arg("tests/soak/main.js")
            .args([closings.to_string(), kills.to_string()]),
    )
}

fn ready() -> Result<()> {
    install::install()?;
    node::packages()?;
    let built = workspace::root().join("bindings/web/dist/eyeline.js");
    built
        .exists()
        .then_some(())
        .with_context(|| format!("no {}: run `cargo xtask web`", built.display()))?;
    steps::run(workspace::cargo()?.args([
        "build",
        "--quiet",
        "--workspace",
        "--locked",
        "--bin",
        "eyeline",
    ]))
}

/// Suites at once: a browser waits more than it computes, and two cores carry three of them.
const AT_ONCE: u32 = 3;
