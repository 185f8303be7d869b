//! `cargo xtask lambda`: the function behind Firehose as the zip that Lambda takes, for arm64, the same bytes wherever it is built.

mod check;
mod emulated;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

use crate::package::archive::{self, Entries};
use crate::stage::{Inputs, stage};
use crate::toolchain::{Build, Toolchain};
use crate::{steps, tools, workspace};

pub(crate) use emulated::test;

/// What Lambda's provided runtimes start; the zip holds nothing else.
const PROGRAM: &str = "bootstrap";
/// Lambda's arm64 runs this. Graviton costs a fifth less than x86-64 for the same work.
const TARGET: &str = "aarch64-unknown-linux-gnu";
/// The C library of Amazon Linux 2023, on which `provided.al2023` stands.
const GLIBC: (u32, u32) = (2, 34);

/// Builds the zip, checks it and says what it weighs. Gives its path.
pub(crate) fn run() -> Result<PathBuf> {
    let toolchain = Toolchain::find()?;
    let linker = tools::python("lambda", REQUIREMENTS)?;
    let place = workspace::target()?.join("lambda");
    let folder = stage(&place, "zip", inputs(&toolchain)?, |folder| {
        let program = compile(&toolchain, &linker, &place.join("cargo"))?;
        let content =
            fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?;
        check::hold(&content)?;
        let entries = Entries::from([(PROGRAM.to_owned(), content)]);
        archive::write_programs(&folder.join(ZIP), &entries).map(drop)
    })?;
    let zip = workspace::root().join(ZIP_FOR_TEMPLATE);
    fs::create_dir_all(zip.parent().context("the zip lies in a folder")?)?;
    fs::copy(folder.join(ZIP), &zip).with_context(|| format!("cannot write {}", zip.display()))?;
    check::hold(&check::program_of(&zip)?)?;
    println!(
        "{}: {} bytes, sha256 {}",
        zip.display(),
        fs::metadata(&zip)?.len(),
        archive::checksum(&zip)?
    );
    Ok(zip)
}

/// Pins the linker.
const REQUIREMENTS: &str = "xtask/src/lambda/requirements.txt";
const ZIP: &str = "transform-arm64.zip";
/// Where backend/deploy/template/delivery.yaml takes it from.
const ZIP_FOR_TEMPLATE: &str = "backend/deploy/dist/transform-arm64.zip";

/// Everything that the function's bytes come from.
fn inputs(toolchain: &Toolchain) -> Result<Inputs> {
    let mut inputs = Inputs::default().word(&toolchain.version);
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        "core/Cargo.toml",
        "core/src",
        "backend/transform/Cargo.toml",
        "backend/transform/src",
        "xtask/src/lambda",
        "xtask/src/toolchain.rs",
    ] {
        inputs = inputs.path(path)?;
    }
    Ok(inputs)
}

/// Compiles with the standard library built anew, as for the web and phones: no toolchain here need have the target. Zig links,
/// against the C library of just this version, on whatever system.
fn compile(toolchain: &Toolchain, linker: &Path, folder: &Path) -> Result<PathBuf> {
    let home = match env::var_os("CARGO_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir()
            .context("no home folder: set CARGO_HOME")?
            .join(".cargo"),
    };
    let remap = format!("--remap-path-prefix={}=cargo", home.display());
    let mut cargo = toolchain.cargo(
        "zigbuild",
        folder,
        &Build {
            target: &format!("{TARGET}.{}.{}", GLIBC.0, GLIBC.1),
            profile: "release",
            package: "eyeline-transform",
            crates: "std,panic_unwind",
            features: "panic-unwind,",
            flags: vec!["-Cstrip=symbols", &remap],
        },
    );
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(
        [linker.to_owned()]
            .into_iter()
            .chain(env::split_paths(&path)),
    )
    .context("PATH holds a folder that can't stand in it")?;
    cargo
        .env("PATH", path)
        .env("CARGO_ZIGBUILD_CACHE_DIR", folder.join("zig"))
        .args(["--bin", PROGRAM]);
    steps::run(&mut cargo)?;
    Ok(folder.join(TARGET).join("release").join(PROGRAM))
}
