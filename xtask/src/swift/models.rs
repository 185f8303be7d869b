//! What only Apple's platforms have, compiled and run on models of UIKit and SwiftUI (`Tests/OnModels` of the package).

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::package::Package;
use super::toolchain::Toolchain;
use crate::steps::{self, Tally};
use crate::workspace;

/// Runs every test on models. Where SwiftUI is the real one its model would hide it: this is for Linux.
pub(super) fn run(package: &Package, toolchain: &Toolchain) -> Result<Tally> {
    if !cfg!(target_os = "linux") {
        println!("the tests on models of UIKit and SwiftUI run on Linux alone");
        return Ok(Tally::default());
    }
    let folder = workspace::target()?.join("swift/models");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // SwiftPM looks for sources below the manifest only.
    let below = |name: &str| package.folder.join(name);
    for sources in [
        below("Sources"),
        below("Tests"),
        workspace::root().join("examples"),
    ] {
        steps::run(Command::new("ln").arg("-sfn").arg(sources).arg(&folder))?;
    }
    let manifest = below("Tests/OnModels/Package.swift");
    fs::copy(&manifest, folder.join("Package.swift"))
        .with_context(|| format!("cannot copy {}", manifest.display()))?;
    let mut tests = package.swift_in(&folder, &folder.join("build"), toolchain, "test")?;
    let tally = steps::tests(tests.arg("--disable-xctest"))?;
    ensure!(tally.passed + tally.failed > 0, "swift test ran no test");
    Ok(tally)
}
