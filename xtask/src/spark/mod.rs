//! `cargo xtask spark`: the decoder's wheel, the package that runs on Spark, and their tests; `spark-package` makes what is submitted.

mod bundle;
mod glibc;
mod java;
mod wheel;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::steps::{self, Tally};
use crate::{tools, workspace};

pub(crate) use bundle::run as bundle;

/// Holds the package against its linters and its types, and runs its tests, which compare Spark with the embedded engine.
///
/// # Errors
/// Where a tool is missing and can't be installed, or the wheel does not build.
pub(crate) fn test() -> Result<Tally> {
    let python = python()?;
    let wheel = wheel::unpacked(&python)?;
    steps::run(in_package(&python, "ruff").arg("check"))?;
    steps::run(in_package(&python, "ruff").args(["format", "--check"]))?;
    steps::run(in_package(&python, "mypy").env("MYPYPATH", &wheel))?;
    let mut tests = in_package(&python, "python");
    let paths = std::env::join_paths([wheel, workspace::root().join(PACKAGE)])?;
    tests
        .args(["-W", "ignore::ResourceWarning", "-m", "tests"])
        .env("PYTHONPATH", paths)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYSPARK_PYTHON", python.join("python"))
        .env("JAVA_HOME", java::home()?)
        .env(tools::EYELINE, tools::eyeline()?)
        .env("EYELINE_ROOT", workspace::root());
    steps::tests(&mut tests)
}

/// Where the package lies.
const PACKAGE: &str = "backend/spark";

/// Spark, what the package needs beside it, and what it is built and checked with.
const REQUIREMENTS: &str = "backend/spark/requirements.txt";

/// Python with Spark and what the package needs: its folder of programs.
fn python() -> Result<PathBuf> {
    tools::python("spark", REQUIREMENTS)
}

/// A program of that Python, in the package's folder.
fn in_package(python: &std::path::Path, program: &str) -> Command {
    let mut command = Command::new(python.join(program));
    command.current_dir(workspace::root().join(PACKAGE));
    command
}
