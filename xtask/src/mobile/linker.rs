//! LLVM's linker: that of the Rust toolchain, or the system's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::toolchain::Toolchain;
use crate::{steps, tools};

/// Links for every system, each in its own manner.
pub(super) enum Linker {
    /// One program that is told the manner.
    OfRust(PathBuf),
    /// A program each.
    OfSystem { elf: PathBuf, macho: PathBuf },
}

impl Linker {
    /// That of the Rust toolchain; else the system's, installed where missing.
    pub(super) fn find(toolchain: &Toolchain) -> Result<Self> {
        if let Some(lld) = toolchain.rust_lld() {
            return Ok(Linker::OfRust(lld.path));
        }
        if let Some(linker) = Self::of_system() {
            return Ok(linker);
        }
        println!("LLVM's linker is missing: installing lld-19 with apt-get");
        if tools::apt_install(&["lld-19"]).is_ok()
            && let Some(linker) = Self::of_system()
        {
            return Ok(linker);
        }
        bail!(
            "LLVM's linker is missing: use a Rust toolchain of rustup, which brings it, or install your system's package `lld`"
        )
    }

    fn of_system() -> Option<Self> {
        Some(Linker::OfSystem {
            elf: tools::on_path(&["ld.lld", "ld.lld-22", "ld.lld-19"])?,
            macho: tools::on_path(&["ld64.lld", "ld64.lld-22", "ld64.lld-19"])?,
        })
    }

    /// The linker of Linux and Android.
    pub(super) fn elf(&self) -> Command {
        match self {
            Linker::OfRust(path) => in_manner(path, "gnu"),
            Linker::OfSystem { elf, .. } => Command::new(elf),
        }
    }

    /// That of Apple's platforms.
    pub(super) fn macho(&self) -> Command {
        match self {
            Linker::OfRust(path) => in_manner(path, "darwin"),
            Linker::OfSystem { macho, .. } => Command::new(macho),
        }
    }

    /// What it calls itself: what it makes may depend on it.
    pub(super) fn version(&self) -> Result<String> {
        Ok(steps::output(self.elf().arg("--version"))?
            .trim()
            .to_owned())
    }
}

fn in_manner(path: &Path, of: &str) -> Command {
    let mut command = Command::new(path);
    command.args(["-flavor", of]);
    command
}
