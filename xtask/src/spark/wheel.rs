//! The decoder as a wheel: built by maturin, held against the oldest glibc it is promised for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::glibc;
use crate::stage::{Inputs, stage};
use crate::{steps, tools, workspace};

/// The processors of EMR.
#[derive(Clone, Copy)]
pub(super) enum Machine {
    X86,
    Arm,
}

impl Machine {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "aarch64",
        }
    }

    fn is_this(self) -> bool {
        std::env::consts::ARCH == self.name()
    }
}

/// This machine's wheel, unpacked: a folder for PYTHONPATH.
pub(super) fn unpacked(python: &Path) -> Result<PathBuf> {
    let machine = match std::env::consts::ARCH {
        "aarch64" => Machine::Arm,
        _ => Machine::X86,
    };
    let wheel = build(python, machine)?;
    let content = fs::read(&wheel).with_context(|| format!("cannot read {}", wheel.display()))?;
    let inputs = Inputs::default().word(&format!(
        "{:?}",
        <sha2::Sha256 as sha2::Digest>::digest(content)
    ));
    stage(&folder()?, "wheel-unpacked", inputs, |into| {
        steps::run(
            Command::new(python.join("python"))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--no-index",
                    "--target",
                ])
                .args([into, &wheel]),
        )
    })
}

/// The wheel for a machine, built where its inputs changed. That of another than this one is linked with Zig.
pub(super) fn build(python: &Path, machine: Machine) -> Result<PathBuf> {
    let triple = format!("{}-unknown-linux-gnu", machine.name());
    let mut inputs = Inputs::default()
        .word(&triple)
        .word(&steps::output(Command::new("rustc").arg("--version"))?);
    for path in INPUTS {
        inputs = inputs.path(path)?;
    }
    let wheels = stage(
        &folder()?,
        &format!("wheel-{}", machine.name()),
        inputs,
        |into| {
            let mut maturin = Command::new(python.join("maturin"));
            maturin
                .current_dir(workspace::root().join("backend/spark/wheel"))
                .env("CARGO_TARGET_DIR", folder()?.join("target"))
                .args(["build", "--quiet", "--release", "--locked", "--out"])
                .arg(into);
            if cfg!(target_os = "linux") {
                maturin.args(["--compatibility", &format!("manylinux_2_{}", glibc::NEWEST)]);
            }
            if !machine.is_this() {
                // Its linker for other processors, as maturin asks the Python of the same folder for it.
                let zig = tools::python("spark-cross", "backend/spark/requirements-cross.txt")?;
                add_target(&triple)?;
                let path = std::env::var_os("PATH").unwrap_or_default();
                let paths =
                    std::env::join_paths([zig].into_iter().chain(std::env::split_paths(&path)))?;
                maturin
                    .args(["--zig", "--target", &triple])
                    .env("PATH", paths);
            }
            steps::run(&mut maturin)
        },
    )?;
    let mut files = fs::read_dir(&wheels)?.flatten().map(|entry| entry.path());
    let wheel = files
        .find(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .with_context(|| format!("maturin left no wheel in {}", wheels.display()))?;
    if cfg!(target_os = "linux") {
        glibc::hold(&wheel)?;
    }
    Ok(wheel)
}

fn add_target(triple: &str) -> Result<()> {
    if steps::run(Command::new("rustup").args(["target", "add", triple])).is_err() {
        bail!(
            "the standard library for {triple} is missing and rustup could not add it: run `rustup target add {triple}`"
        );
    }
    Ok(())
}

/// Where the wheel and what it is compiled from lie: apart from the workspace's, whose Arrow has other features.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(workspace::target()?.join("spark"))
}

const INPUTS: [&str; 7] = [
    "backend/spark/wheel",
    "backend/loader/Cargo.toml",
    "backend/loader/data",
    "backend/loader/src/decode",
    "backend/loader/src/lib.rs",
    "core/Cargo.toml",
    "core/src",
];
