//! `bindings/web/dist`: what the stages made, under the names that pages load, with the hashes that pages may demand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::place::Place;
use super::sizes::{self, Measured};

/// Puts everything together in place of what was there, and measures it.
pub(super) fn assemble(place: &Place, stages: &[&PathBuf], types: &Path) -> Result<Vec<Measured>> {
    let dist = place.dist();
    if dist.exists() {
        fs::remove_dir_all(&dist).context("cannot clear bindings/web/dist")?;
    }
    let npm = dist.join("npm");
    fs::create_dir_all(&npm).context("cannot make bindings/web/dist")?;
    let core = [place.core_name("wasm"), place.core_name("asm.js")];
    for stage in stages {
        for name in core
            .iter()
            .chain([&place.core_name("js"), &"eyeline.js".to_owned()])
        {
            copy_if_there(&stage.join(name), &dist.join(name))?;
        }
        copy_folder(&stage.join("npm"), &npm)?;
    }
    for name in &core {
        copy_if_there(&dist.join(name), &npm.join(name))?;
    }
    let pinned = format!("eyeline-{}.js", place.version);
    copy_if_there(&dist.join("eyeline.js"), &dist.join(pinned))?;
    copy_folder(types, &npm.join("types"))?;
    let measured = sizes::measure(place)?;
    write_hashes(place, &measured)?;
    Ok(measured)
}

/// `sri.json`: for each file the value of an `integrity` attribute (W3C Subresource Integrity).
fn write_hashes(place: &Place, measured: &[Measured]) -> Result<()> {
    let hashes: BTreeMap<&str, &str> = measured
        .iter()
        .filter(|file| file.name != "eyeline.js")
        .map(|file| (file.name.as_str(), file.integrity.as_str()))
        .collect();
    let text = serde_json::to_string_pretty(&hashes)? + "\n";
    fs::write(place.dist().join("sri.json"), text).context("cannot write sri.json")
}

fn copy_if_there(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        fs::copy(from, to).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            copy_if_there(&from, &to)?;
        }
    }
    Ok(())
}
