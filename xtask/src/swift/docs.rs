//! The documentation of the package: whether DocC makes it without a warning.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::package::Package;
use super::toolchain::Toolchain;
use crate::steps;

/// Has DocC read the catalogue, and what these symbol graphs say of the sources. A link to nothing or a parameter without a word is
/// an error.
pub(super) fn check(package: &Package, toolchain: &Toolchain, graphs: &Path) -> Result<()> {
    let archive = package.scratch.join("Eyeline.doccarchive");
    if archive.exists() {
        fs::remove_dir_all(&archive)
            .with_context(|| format!("cannot remove {}", archive.display()))?;
    }
    let mut docc = toolchain.command(&toolchain.tool("docc"), &package.folder)?;
    docc.args(["convert", "Sources/Eyeline/Eyeline.docc"])
        .args(["--fallback-display-name", "Eyeline"])
        .args(["--fallback-bundle-identifier", "dev.eyeline.Eyeline"])
        .args(["--warnings-as-errors", "--additional-symbol-graph-dir"])
        .arg(graphs)
        .arg("--output-dir")
        .arg(&archive);
    steps::run(&mut docc).context("the documentation has warnings")
}
