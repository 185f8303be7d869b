//! What Maven takes as it is: the library of this machine, and the Kotlin side of its surface.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use super::{module, root};
use crate::{steps, workspace};

/// Builds the library, writes the Kotlin side of its surface, and puts both where Maven looks.
///
/// # Errors
/// Where it does not build.
pub(super) fn prepare() -> Result<()> {
    let library = build()?;
    generate(&library)?;
    put_in_place(&library)
}

fn build() -> Result<PathBuf> {
    let mut build = workspace::cargo()?;
    build.args([
        "build",
        "--locked",
        "--package",
        "eyeline-mobile",
        "--package",
        "eyeline-bindgen",
    ]);
    steps::run(&mut build)?;
    Ok(workspace::binaries()?.join(LIBRARY))
}

/// Writes the Kotlin side of the library's surface. It is not committed: what is reviewed is `api/kotlin.txt`, and this way it can't
/// be older than the library beside it.
fn generate(library: &Path) -> Result<()> {
    let folder = module("eyeline").join("generated");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("cannot clear the folder of generated code")?;
    }
    let mut bindgen = Command::new(
        workspace::binaries()?.join(format!("eyeline-bindgen{}", env::consts::EXE_SUFFIX)),
    );
    bindgen
        .current_dir(workspace::root())
        .arg("generate")
        .arg(library)
        .args(["--language", "kotlin", "--no-format", "--config"])
        .arg(root().join("uniffi.toml"))
        .arg("--out-dir")
        .arg(&folder);
    steps::run(&mut bindgen)?;
    let written = folder.join("dev/eyeline/generated/eyeline_mobile.kt");
    let cannot = || format!("cannot rewrite {}", written.display());
    let code = with_statuses_kept(&fs::read_to_string(&written).with_context(cannot)?)?;
    fs::write(&written, code).with_context(cannot)
}

/// Has each thread use its call statuses again: `StatusBorder.kt` says why. The code is uniffi's, and can't be told to.
fn with_statuses_kept(code: &str) -> Result<String> {
    ensure!(
        code.matches(STATUS_MADE).count() == 1,
        "uniffi writes its calls in another way: see what became of `uniffiRustCallWithError`"
    );
    Ok(code.replace(STATUS_MADE, STATUS_TAKEN))
}

const STATUS_MADE: &str = "    var status = UniffiRustCallStatus()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
";
const STATUS_TAKEN: &str = "    val status = dev.eyeline.StatusBorder.take()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
    dev.eyeline.StatusBorder.giveBack(status)
";

/// Puts the library where JNA finds it, inside the jar.
fn put_in_place(library: &Path) -> Result<()> {
    let folder = module("eyeline").join("native").join(PLATFORM);
    fs::create_dir_all(&folder).context("cannot make the folder of native libraries")?;
    fs::copy(library, folder.join(LIBRARY))
        .with_context(|| format!("cannot copy {}", library.display()))?;
    Ok(())
}

const LIBRARY: &str = if cfg!(target_os = "macos") {
    "libeyeline_mobile.dylib"
} else if cfg!(windows) {
    "eyeline_mobile.dll"
} else {
    "libeyeline_mobile.so"
};

/// What JNA calls this machine.
const PLATFORM: &str = match (
    cfg!(target_os = "macos"),
    cfg!(windows),
    cfg!(target_arch = "aarch64"),
) {
    (true, _, true) => "darwin-aarch64",
    (true, _, false) => "darwin-x86-64",
    (_, true, true) => "win32-aarch64",
    (_, true, false) => "win32-x86-64",
    (false, false, true) => "linux-aarch64",
    (false, false, false) => "linux-x86-64",
};
