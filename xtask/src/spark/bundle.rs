//! `cargo xtask spark-package`: what a job on EMR takes along. One archive a processor, with the wheel, the package, the SQL files and the
//! libraries they need, for the Python that EMR brings; and the program to submit.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::wheel::{self, Machine};
use crate::{steps, workspace};

/// Makes the archives in the target folder's `packages/spark`.
///
/// # Errors
/// Where a wheel does not build, or what it runs with can't be fetched.
pub(crate) fn run() -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("EMR runs Linux: make its package there");
    }
    let python = super::python()?;
    let into = workspace::target()?.join("packages/spark");
    fs::create_dir_all(&into).with_context(|| format!("cannot make {}", into.display()))?;
    for machine in [Machine::X86, Machine::Arm] {
        let wheel = wheel::build(&python, machine)?;
        copy(&wheel, &into)?;
        let site = wheel::folder()?.join(format!("site-{}", machine.name()));
        if site.exists() {
            fs::remove_dir_all(&site)?;
        }
        libraries(&python, machine, &wheel, &site)?;
        package(&site)?;
        let archive = into.join(format!("eyeline-spark-{}.tar.gz", machine.name()));
        // Names in order and no date, so that the same content is the same archive.
        steps::run(
            Command::new("tar")
                .args([
                    "--sort=name",
                    "--mtime=@0",
                    "--owner=0",
                    "--group=0",
                    "--numeric-owner",
                    "-czf",
                ])
                .arg(&archive)
                .arg("-C")
                .arg(&site)
                .arg("."),
        )?;
        println!(
            "{}: {} MB",
            archive.display(),
            fs::metadata(&archive)?.len() >> 20
        );
    }
    copy(&workspace::root().join("backend/spark/job.py"), &into)
}

/// Wheels for EMR's Python, whatever this machine's is.
fn libraries(python: &Path, machine: Machine, wheel: &Path, site: &Path) -> Result<()> {
    let mut pip = Command::new(python.join("python"));
    pip.current_dir(workspace::root())
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-compile",
            "--only-binary=:all:",
            "--python-version",
            EMR_PYTHON,
        ])
        .args(["--implementation", "cp", "--target"])
        .arg(site);
    for tag in [
        "manylinux_2_34",
        "manylinux_2_28",
        "manylinux_2_17",
        "manylinux2014",
    ] {
        pip.args(["--platform", &format!("{tag}_{}", machine.name())]);
    }
    steps::run(pip.args(taken_along()?).arg(wheel))
}

/// What the package needs and EMR does not bring, in the versions that are tested.
fn taken_along() -> Result<Vec<String>> {
    let tested = fs::read_to_string(workspace::root().join(super::REQUIREMENTS))
        .with_context(|| format!("cannot read {}", super::REQUIREMENTS))?;
    let version = |name: &str| {
        let pinned = format!("{name}==");
        let line = tested.lines().find(|line| line.starts_with(&pinned));
        line.map(str::to_owned)
            .with_context(|| format!("{} does not pin {name}", super::REQUIREMENTS))
    };
    ["boto3", "numpy", "pandas", "pyarrow"]
        .into_iter()
        .map(version)
        .collect()
}

/// The package with its SQL: in the checkout a link leads to that.
fn package(site: &Path) -> Result<()> {
    let from = workspace::root().join("backend/spark/eyeline_spark");
    steps::run(Command::new("cp").args(["-rL"]).arg(&from).arg(site))?;
    let compiled = site.join("eyeline_spark/__pycache__");
    if compiled.exists() {
        fs::remove_dir_all(compiled)?;
    }
    Ok(())
}

fn copy(file: &Path, into: &Path) -> Result<()> {
    let name = file.file_name().context("a file has a name")?;
    fs::copy(file, into.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(())
}

/// What EMR 7 and EMR Serverless run PySpark with.
const EMR_PYTHON: &str = "3.9";
