//! What only Apple's platforms have, compiled and run on models of UIKit and SwiftUI (`Tests/OnModels` of the package).

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::package::Package;
use super::toolchain::Toolchain;
use crate::steps::{self, Tally};
use crate::workspace;

/// The package on models.
pub(super) struct Models {
    folder: PathBuf,
    /// Where SwiftPM builds it.
    pub(super) scratch: PathBuf,
}

impl Models {
    /// Puts it together. None but on Linux: elsewhere SwiftUI is there, and its model would hide it.
    pub(super) fn prepare(package: &Package) -> Result<Option<Self>> {
        if !cfg!(target_os = "linux") {
            println!("what runs on models of UIKit and SwiftUI does so on Linux alone");
            return Ok(None);
        }
        let folder = workspace::target()?.join("swift/models");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        // SwiftPM looks for sources below the manifest only.
        let below = |name: &str| package.folder.join(name);
        let examples = workspace::root().join("examples");
        for sources in [below("Sources"), below("Tests"), examples] {
            steps::run(Command::new("ln").arg("-sfn").arg(sources).arg(&folder))?;
        }
        let manifest = below("Tests/OnModels/Package.swift");
        fs::copy(&manifest, folder.join("Package.swift"))
            .with_context(|| format!("cannot copy {}", manifest.display()))?;
        let scratch = folder.join("build");
        Ok(Some(Self { folder, scratch }))
    }

    /// Builds the package, and the example for iOS.
    pub(super) fn build(&self, package: &Package, toolchain: &Toolchain) -> Result<()> {
        steps::run(&mut package.swift_in(&self.folder, &self.scratch, toolchain, "build")?)
    }

    /// Runs every test on models.
    pub(super) fn test(&self, package: &Package, toolchain: &Toolchain) -> Result<Tally> {
        let mut tests = package.swift_in(&self.folder, &self.scratch, toolchain, "test")?;
        let tally = steps::tests(tests.arg("--disable-xctest"))?;
        ensure!(tally.passed + tally.failed > 0, "swift test ran no test");
        Ok(tally)
    }
}
