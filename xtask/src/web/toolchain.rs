//! How the engine is compiled for a browser: without panic machinery, in the standard library too.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::steps;
use crate::toolchain::{Build, Toolchain};
use crate::tools;

/// What its manifest can't say on a stable toolchain.
const FLAGS: [&str; 6] = [
    "-Zunstable-options",
    // A panic is a trap, and what would have been said about it is not in the file.
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    // Functions stay functions unless the call is longer than what is called: 0.3 KB less, compressed.
    "-Cllvm-args=-inline-threshold=0",
    // 64 KiB of stack instead of 1 MiB: a page's first memory is then 128 KiB.
    "-Clink-arg=-zstack-size=65536",
];

const TARGET: &str = "wasm32-unknown-unknown";

/// Everything about the toolchain and its flags that changes what is built.
pub(super) fn fingerprint(toolchain: &Toolchain) -> String {
    format!("{} {}", toolchain.version, FLAGS.join(" "))
}

/// Builds the engine with these flags on top, in a target folder of its own. Gives the module.
pub(super) fn build(toolchain: &Toolchain, folder: &Path, more: &[&str]) -> Result<PathBuf> {
    let mut cargo = toolchain.cargo(
        "build",
        folder,
        &Build {
            target: TARGET,
            profile: "web",
            package: "eyeline-web",
            crates: "std,panic_abort",
            features: "",
            flags: FLAGS.iter().chain(more).copied().collect(),
        },
    );
    if let Some(linker) = linker(toolchain) {
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    steps::run(&mut cargo)?;
    Ok(folder.join(TARGET).join("web/eyeline_web.wasm"))
}

/// A linker for wasm where the compiler does not bring its own: that of a rustup toolchain, or LLVM's.
fn linker(toolchain: &Toolchain) -> Option<PathBuf> {
    match toolchain.rust_lld() {
        Some(lld) => (!lld.is_own).then_some(lld.path),
        None => tools::on_path(&["wasm-ld", "wasm-ld-22", "wasm-ld-19"]),
    }
}
