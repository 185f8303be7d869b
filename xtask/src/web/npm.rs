//! The npm packages that the build uses, exactly those of the lock file.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::place::Place;
use crate::stage::Inputs;
use crate::steps;

/// Installs them, unless they are those of the lock file already.
pub(super) fn install(place: &Place) -> Result<()> {
    let mut inputs = Inputs::default();
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        inputs = inputs.path(&format!("bindings/web/{name}"))?;
    }
    let (digest, stamp) = (
        inputs.digest(),
        place.package.join("node_modules/.eyeline-stamp"),
    );
    if fs::read_to_string(&stamp).is_ok_and(|last| last == digest) {
        return Ok(());
    }
    let node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !node.is_ok_and(|status| status.success()) {
        bail!(
            "node is missing: install Node.js 20 or later, with npm, to build what a browser loads"
        );
    }
    println!("installing npm packages");
    let mut npm = Command::new("npm");
    npm.current_dir(&place.package)
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    steps::run(&mut npm)?;
    fs::write(&stamp, digest).with_context(|| format!("cannot write {}", stamp.display()))
}
