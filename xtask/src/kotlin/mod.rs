//! `cargo xtask kotlin`: the library, the Kotlin side of its surface, the packages under Maven, and their tests.

mod library;
mod maven;
mod surface;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, fs};

use anyhow::{Context, Result};

use crate::collector::{AFFILIATE, Collector, KEY};
use crate::steps::{self, Tally};
use crate::{mobile, tools, workspace};

pub(crate) use surface::Surface;

/// Builds the packages, runs their tests, and holds their public surface against `api/kotlin.txt`.
///
/// # Errors
/// Where a tool is missing and can't be installed, something does not build, or the surface differs.
pub(crate) fn run(surface: Surface) -> Result<Tally> {
    prepare()?;
    let tally = steps::tests(
        maven::command()?
            .args(["test", "-Dmaven.test.failure.ignore=true"])
            .env(tools::EYELINE, tools::eyeline()?)
            .env(
                "EYELINE_KILLS",
                env::var("EYELINE_KILLS").unwrap_or_else(|_| KILLS.to_owned()),
            ),
    )?;
    IS_COMPILED.store(true, Ordering::Relaxed);
    println!("Kotlin: {} passed, {} failed", tally.passed, tally.failed);
    surface::hold(&JVM.map(module), "kotlin.txt", surface)?;
    if maven::has_androidx()? {
        surface::hold(&ANDROID.map(module), "kotlin-android.txt", surface)?;
    }
    Ok(tally)
}

/// Kills a JVM this often, and counts what is missing.
///
/// # Errors
/// Where anything is, or the packages do not build.
pub(crate) fn soak(kills: u32) -> Result<()> {
    prepare()?;
    steps::run(
        maven::command()?
            .args(["test", "--projects", "eyeline", "-Dtest=KillTest"])
            .env(tools::EYELINE, tools::eyeline()?)
            .env("EYELINE_KILLS", kills.to_string()),
    )
}

/// Measures what calls, a million events, threads and files cost, with the library as apps get it.
///
/// # Errors
/// Where something does not build, or not every event arrives.
pub(crate) fn bench() -> Result<()> {
    let own = mobile::host_library()?;
    let mut costs = java("costs", "dev.eyeline.costs.CostsKt")?;
    let stage = module("costs").join("target/stage");
    let collector = Collector::start(&stage)?;
    costs
        .args([&collector.address, KEY, AFFILIATE])
        .arg(stage.join("events"));
    // No more heap than a phone's app has; and this library, which is looked for before what lies in the jar.
    let folder = own.path.parent().context("a library lies in a folder")?;
    let mut options = OsString::from("-Xmx256m -Djna.library.path=");
    options.push(folder);
    steps::run(costs.env("JAVA_TOOL_OPTIONS", options))
}

/// Compiles every module, once in a run.
///
/// # Errors
/// Where one does not build.
pub(crate) fn compile() -> Result<()> {
    if !IS_COMPILED.swap(true, Ordering::Relaxed) {
        prepare()?;
        steps::run(maven::command()?.args(["--quiet", "compile"]))?;
    }
    Ok(())
}

/// A program of the build, such as the adapter of the conformance suite, ready to be run by itself.
///
/// # Errors
/// Where it does not build.
pub(crate) fn java(module: &str, main: &str) -> Result<Command> {
    compile()?;
    let target = self::module(module).join("target");
    let libraries = fs::read_to_string(target.join("classpath"))
        .with_context(|| format!("{module} says no class path"))?;
    let mut classes = target.join("classes").into_os_string();
    classes.push(if cfg!(windows) { ";" } else { ":" });
    classes.push(libraries);
    let mut java = Command::new("java");
    java.arg("-cp").arg(classes).arg(main);
    Ok(java)
}

/// Whether this run has compiled all modules: several of its steps need them.
static IS_COMPILED: AtomicBool = AtomicBool::new(false);

/// Everything that Maven takes as it is: the library, and the Kotlin side of its surface.
fn prepare() -> Result<()> {
    maven::install()?;
    library::prepare()
}

/// Of a JVM, in a test run; the soak takes its time.
const KILLS: &str = "5";

/// The modules whose public surface is held, by where they run.
const JVM: [&str; 2] = ["eyeline", "eyeline-test"];
const ANDROID: [&str; 1] = ["eyeline-android"];

/// The folder of the Maven build.
fn root() -> PathBuf {
    workspace::root().join("bindings/mobile/kotlin")
}

fn module(name: &str) -> PathBuf {
    root().join(name)
}
