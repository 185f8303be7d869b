//! `cargo xtask bench`: every benchmark of the workspace, in release mode, one after another on a quiet machine; `bench web`: the web SDK in Chromium; `bench swift`, `bench kotlin`: the packages for apps.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{steps, tools, workspace};

/// What is measured by something else than Rust benchmarks.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Part {
    /// The web SDK beside its peers.
    Web,
    /// What the Swift package costs an app.
    Swift,
    /// What the Kotlin package costs an app, on the JVM.
    Kotlin,
}

/// Measures the web SDK beside its peers from npm, which are installed into the cache.
pub(crate) fn web() -> Result<()> {
    println!("machine: {}, {} cores\n", processor(), cores());
    if let Err(error) = crate::web::run(crate::web::Differences::Say) {
        println!("measured all the same: {error:#}");
    }
    steps::run(workspace::cargo()?.args(["build", "--workspace", "--bins", "--locked"]))?;
    let bench = workspace::root().join("bindings/web/bench");
    let peers = workspace::cache()?.join("web-peers");
    fs::create_dir_all(&peers)?;
    for file in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(bench.join(file), peers.join(file))
            .with_context(|| format!("cannot copy {file}"))?;
    }
    // Peers run in a page only, so nothing of theirs is run while they are installed.
    steps::run(
        Command::new("npm")
            .current_dir(&peers)
            .args(["ci", "--ignore-scripts"]),
    )?;
    let mut node = Command::new("node");
    node.arg(bench.join("run.js")).arg("--dist");
    node.arg(workspace::root().join("bindings/web/dist"));
    node.arg("--peers").arg(&peers);
    node.env("EYELINE_BIN", workspace::binaries()?.join("eyeline"));
    steps::run(&mut node)?;
    println!("\nmove what changed to docs/benchmarks.md, with the machine above");
    Ok(())
}

/// Measures what the Swift package costs an app.
pub(crate) fn swift() -> Result<()> {
    println!("machine: {}, {} cores\n", processor(), cores());
    crate::swift::bench()?;
    println!("\nmove what changed to docs/benchmarks.md, with the machine above");
    Ok(())
}

/// Measures what the Kotlin package costs an app.
pub(crate) fn kotlin() -> Result<()> {
    println!("machine: {}, {} cores\n", processor(), cores());
    crate::kotlin::bench()?;
    println!("\nmove what changed to docs/benchmarks.md, with the machine above");
    Ok(())
}

/// Runs the benchmarks of one package, or of all.
pub(crate) fn run(package: Option<&str>) -> Result<()> {
    println!(
        "machine: {}, {} cores, {}\n",
        processor(),
        cores(),
        rustc()?
    );
    let benches = benches()?;
    let python = peers()?;
    let wanted = |found: &&Bench| package.is_none_or(|package| found.package == package);
    for bench in benches.iter().filter(wanted) {
        println!("\n── {} {}", bench.package, bench.name);
        let mut cargo = workspace::cargo()?;
        cargo.args([
            "bench",
            "--locked",
            "--package",
            &bench.package,
            "--bench",
            &bench.name,
        ]);
        cargo.env("EYELINE_PEERS_PYTHON", &python);
        steps::run(&mut cargo)
            .with_context(|| format!("benchmark {} of {}", bench.name, bench.package))?;
    }
    println!("\nmove what changed to docs/benchmarks.md, with the machine above");
    Ok(())
}

/// The engines that the loader is measured against.
fn peers() -> Result<PathBuf> {
    Ok(tools::python("peers", "backend/loader/benches/requirements.txt")?.join("python"))
}

struct Bench {
    package: String,
    name: String,
}

fn benches() -> Result<Vec<Bench>> {
    let metadata = workspace::metadata()?;
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for target in package["targets"].as_array().into_iter().flatten() {
            if target["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bench"))
            {
                let text =
                    |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                found.push(Bench {
                    package: text(&package["name"]),
                    name: text(&target["name"]),
                });
            }
        }
    }
    Ok(found)
}

fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    model.unwrap_or("unknown processor").to_owned()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn rustc() -> Result<String> {
    Ok(steps::output(Command::new("rustc").arg("--version"))?
        .trim()
        .to_owned())
}
