//! Where things are: the checkout, the cache outside it, and the one target folder that every command shares.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies one folder below the root")
}

/// The folder for everything worth keeping between checkouts: `EYELINE_CACHE`, or `eyeline` in the platform's cache folder.
pub(crate) fn cache() -> Result<PathBuf> {
    let folder = |variable: &str| {
        env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let home = || folder("HOME").or_else(|| folder("USERPROFILE"));
    folder("EYELINE_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("eyeline")))
        .or_else(|| folder("LOCALAPPDATA").map(|cache| cache.join("eyeline")))
        .or_else(|| {
            home().map(|home| {
                home.join(if cfg!(target_os = "macos") {
                    "Library/Caches"
                } else {
                    ".cache"
                })
                .join("eyeline")
            })
        })
        .context("no cache folder: set EYELINE_CACHE to a folder outside the checkout")
}

/// The target folder: `CARGO_TARGET_DIR` where set, else one in the cache, so that a second clone compiles no dependency again.
pub(crate) fn target() -> Result<PathBuf> {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Ok(root().join(folder)),
        None => Ok(cache()?.join("target")),
    }
}

/// `cargo`, run in the root with the shared target folder.
pub(crate) fn cargo() -> Result<Command> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What the cargo that runs this says about xtask itself. A build script that watches these (ring's) would run again, and
    // everything above it be built anew, whenever `cargo xtask` and plain `cargo` take turns.
    for (name, _) in env::vars_os() {
        let said = name.to_string_lossy();
        if said.starts_with("CARGO_PKG_") || said.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target()?);
    Ok(command)
}

/// The folder that built binaries lie in, for the one profile that tests and the demo share.
pub(crate) fn binaries() -> Result<PathBuf> {
    Ok(target()?.join("debug"))
}

/// Makes the target folder ready: what a checkout that is gone left of its own crates is deleted, or every
/// fresh clone would leave gigabytes. Third-party crates stay.
pub(crate) fn prepare_target() -> Result<()> {
    let target = target()?;
    fs::create_dir_all(&target)
        .with_context(|| format!("cannot make the target folder {}", target.display()))?;
    let note = target.join("checkout");
    let here = root().to_string_lossy().into_owned();
    let last = fs::read_to_string(&note).unwrap_or_default();
    if !last.is_empty() && last != here && !Path::new(&last).exists() {
        let mut clean = cargo()?;
        clean.args(["clean", "--quiet"]);
        for package in packages()? {
            clean.args(["-p", &package]);
        }
        crate::steps::run(&mut clean)?;
    }
    fs::write(&note, here).context("cannot write in the target folder")
}

/// The names of the workspace's packages.
pub(crate) fn packages() -> Result<Vec<String>> {
    let metadata = metadata()?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    Ok(packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .map(str::to_owned)
        .collect())
}

/// What `cargo metadata` says about the workspace's own packages.
pub(crate) fn metadata() -> Result<serde_json::Value> {
    let output = crate::steps::output(cargo()?.args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
    ]))?;
    serde_json::from_str(&output).context("cargo metadata did not answer in JSON")
}
