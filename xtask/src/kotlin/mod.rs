//! `cargo xtask kotlin`: the library, the Kotlin side of its surface, the packages under Maven, and their tests.

mod maven;
mod surface;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::steps::{self, Tally};
use crate::workspace;

pub(crate) use surface::Surface;

/// Builds the packages, runs their tests, and holds their public surface against `api/kotlin.txt`.
///
/// # Errors
/// Where a tool is missing and can't be installed, something does not build, or the surface differs.
pub(crate) fn run(surface: Surface) -> Result<Tally> {
    maven::install()?;
    let library = build_library()?;
    generate(&library)?;
    put_in_place(&library)?;
    let tally = steps::tests(
        maven::command()?
            .args(["test", "-Dmaven.test.failure.ignore=true"])
            .env(COLLECTOR, collector()?)
            .env(
                "EYELINE_KILLS",
                env::var("EYELINE_KILLS").unwrap_or_else(|_| KILLS.to_owned()),
            ),
    )?;
    println!("Kotlin: {} passed, {} failed", tally.passed, tally.failed);
    surface::hold(&MODULES.map(module), surface)?;
    Ok(tally)
}

/// Of a JVM, in a test run; the soak takes its time.
const KILLS: &str = "5";

/// Builds the collector that the tests send to, unless [`COLLECTOR`] names one.
///
/// # Errors
/// Where it does not build.
pub(crate) fn build_collector() -> Result<()> {
    if env::var_os(COLLECTOR).is_some() {
        return Ok(());
    }
    steps::run(workspace::cargo()?.args(["build", "--locked", "--package", "eyeline-cli"]))
}

/// The command `eyeline` that the tests start.
fn collector() -> Result<PathBuf> {
    match env::var_os(COLLECTOR) {
        Some(path) => Ok(path.into()),
        None => Ok(workspace::binaries()?.join(program("eyeline"))),
    }
}

/// Names a command `eyeline` that was built before.
const COLLECTOR: &str = "EYELINE_BIN";

fn build_library() -> Result<PathBuf> {
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
    let mut bindgen = Command::new(workspace::binaries()?.join(program("eyeline-bindgen")));
    bindgen
        .current_dir(workspace::root())
        .arg("generate")
        .arg(library)
        .args(["--language", "kotlin", "--no-format", "--config"])
        .arg(root().join("uniffi.toml"))
        .arg("--out-dir")
        .arg(&folder);
    steps::run(&mut bindgen)
}

/// Puts the library where JNA finds it, inside the jar.
fn put_in_place(library: &Path) -> Result<()> {
    let folder = module("eyeline").join("native").join(PLATFORM);
    fs::create_dir_all(&folder).context("cannot make the folder of native libraries")?;
    fs::copy(library, folder.join(LIBRARY))
        .with_context(|| format!("cannot copy {}", library.display()))?;
    Ok(())
}

/// The modules whose public surface is held.
const MODULES: [&str; 2] = ["eyeline", "eyeline-test"];

/// The folder of the Maven build.
fn root() -> PathBuf {
    workspace::root().join("bindings/mobile/kotlin")
}

fn module(name: &str) -> PathBuf {
    root().join(name)
}

fn program(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
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
