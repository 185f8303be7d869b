//! The library compiled: one static library a target, with a standard library built anew, optimised as a whole.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::target::{IOS_OLDEST, STATIC, System, Target};
use crate::stage::Inputs;
use crate::steps;
use crate::toolchain::{Build, Toolchain};

/// How, beyond what the profile `mobile` can say on a stable toolchain.
const FLAGS: [&str; 5] = [
    "-Zunstable-options",
    // Nobody reads what a panic would have said: it ends as an error of the call.
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    // Stacks are unwound at calls only, never in the middle of a prologue: a quarter of the tables.
    "-Zuse-sync-unwind=yes",
    // What uniffi exports is said to the linker; nothing else has to be reached by a table.
    "-Zdefault-visibility=hidden",
];

/// On processors of ARM the compiler moves what repeats into functions of its own; each then has a row in the tables for unwinding,
/// which costs more than it saves. Apple's tables are compact enough.
const ONE_PIECE: &str = "-Cllvm-args=-enable-machine-outliner=never";

/// What the library is made from.
pub(super) fn inputs(toolchain: &Toolchain) -> Result<Inputs> {
    let mut inputs = Inputs::default().word(&toolchain.version);
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        "core/Cargo.toml",
        "core/src",
        "bindings/native/Cargo.toml",
        "bindings/native/src",
        "bindings/mobile/Cargo.toml",
        "bindings/mobile/src",
        "bindings/mobile/imports",
        "xtask/src/mobile",
        "xtask/src/toolchain.rs",
    ] {
        inputs = inputs.path(path)?;
    }
    Ok(inputs)
}

/// Compiles and links for a machine whose own linker is at hand. Gives the shared library, stripped.
pub(super) fn for_host(
    toolchain: &Toolchain,
    folder: &Path,
    triple: &str,
    file: &str,
) -> Result<PathBuf> {
    let mut flags = FLAGS.to_vec();
    flags.push("-Cstrip=symbols");
    compile(toolchain, folder, triple, "cdylib", flags)?;
    Ok(folder.join(triple).join("mobile").join(file))
}

/// Compiles for one target, to be linked here.
pub(super) fn static_library(
    toolchain: &Toolchain,
    folder: &Path,
    target: &Target,
) -> Result<PathBuf> {
    let mut flags = FLAGS.to_vec();
    if matches!(target.system, System::Android { .. }) {
        flags.push(ONE_PIECE);
    }
    compile(toolchain, folder, target.triple, "staticlib", flags)?;
    Ok(folder.join(target.triple).join("mobile").join(STATIC))
}

/// With a second crate type beside the one Cargo would optimise each crate by itself.
fn compile(
    toolchain: &Toolchain,
    folder: &Path,
    triple: &str,
    kind: &str,
    flags: Vec<&str>,
) -> Result<()> {
    let mut cargo = toolchain.cargo(
        "rustc",
        folder,
        &Build {
            target: triple,
            profile: "mobile",
            package: "eyeline-mobile",
            crates: "std,panic_unwind",
            features: "panic-unwind,",
            flags,
        },
    );
    cargo.args(["--lib", "--crate-type", kind]);
    steps::run(cargo.env("IPHONEOS_DEPLOYMENT_TARGET", IOS_OLDEST))
}
