//! wasm-bindgen's command line, in the one version that the crate is built with.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{steps, workspace};

/// That of `Cargo.toml`: the tool and the crate speak one format a version.
const VERSION: &str = "0.2.130";

/// Runs it over a built module: `<folder>/core_bg.wasm` and its glue.
pub(super) fn run(module: &Path, target: &str, folder: &Path) -> Result<()> {
    let mut bindgen = Command::new(installed()?);
    bindgen
        .args(["--target", target, "--out-name", "core", "--out-dir"])
        .arg(folder)
        .arg(module);
    steps::run(&mut bindgen)
}

/// The tool, installed into the cache where it is not there yet.
fn installed() -> Result<PathBuf> {
    let root = workspace::cache()?.join(format!("tools/wasm-bindgen-{VERSION}"));
    let tool = root.join("bin/wasm-bindgen");
    if !tool.is_file() {
        println!("installing wasm-bindgen {VERSION}");
        let mut cargo = workspace::cargo()?;
        cargo
            .current_dir(workspace::cache()?)
            .env("CARGO_TARGET_DIR", workspace::target()?.join("web/tools"))
            .args(["install", "--quiet", "--debug", "--force", "--root"])
            .arg(&root)
            .args(["--version", VERSION, "wasm-bindgen-cli"]);
        steps::run(&mut cargo).with_context(|| {
            format!("wasm-bindgen {VERSION} is missing and could not be installed")
        })?;
    }
    Ok(tool)
}
