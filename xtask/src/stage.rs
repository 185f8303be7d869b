//! One stage of the build: a folder, and the hash of what it was made from. The same inputs are not built twice.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::workspace;

/// What a stage is made from.
#[derive(Default)]
pub(crate) struct Inputs {
    hash: Sha256,
}

impl Inputs {
    /// A word that changes the result: a version, a flag.
    pub(crate) fn word(mut self, word: &str) -> Self {
        self.hash.update(word.len().to_le_bytes());
        self.hash.update(word);
        self
    }

    /// A file or a folder of the checkout, in everything it holds. One that is not there counts as such.
    pub(crate) fn path(mut self, relative: &str) -> Result<Self> {
        let mut files = Vec::new();
        list(&workspace::root().join(relative), &mut files)?;
        files.sort();
        for file in files {
            let content =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let name = file.strip_prefix(workspace::root()).unwrap_or(&file);
            self = self.word(&name.to_string_lossy());
            self.hash.update(content.len().to_le_bytes());
            self.hash.update(content);
        }
        Ok(self)
    }

    pub(crate) fn digest(self) -> String {
        let bytes = self.hash.finalize();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Below the folder `build`, makes the folder of a stage by `work`, unless it was made from the same inputs before. Gives the folder.
pub(crate) fn stage(
    build: &Path,
    name: &str,
    inputs: Inputs,
    work: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let folder = build.join(name);
    let stamp = build.join(format!("{name}.stamp"));
    let digest = inputs.digest();
    if folder.is_dir() && fs::read_to_string(&stamp).is_ok_and(|last| last == digest) {
        return Ok(folder);
    }
    println!("building {name}");
    // Without the stamp a run that is cut off counts as not done.
    remove(&stamp, |path| fs::remove_file(path))?;
    remove(&folder, |path| fs::remove_dir_all(path))?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    work(&folder)?;
    fs::write(&stamp, digest).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(folder)
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    if path.exists() {
        how(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

fn list(path: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in
            fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?
        {
            list(&entry?.path(), into)?;
        }
    } else if path.is_file() {
        into.push(path.to_owned());
    }
    Ok(())
}
