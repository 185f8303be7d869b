//! The engine as WebAssembly, and the glue that TypeScript imports.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use super::place::Place;
use super::{Differences, bindgen, toolchain};
use crate::stage::{Inputs, stage};
use crate::steps;
use crate::toolchain::Toolchain;

/// What wasm-opt may use: what every browser has that runs WebAssembly as rustc writes it.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// How hard wasm-opt tries. Functions with one caller stay functions: inlined, the file is smaller, but compressed it is
/// 2 % larger. A second round finds what the first one laid bare. By name, functions of one type lie side by side, which
/// compresses better. What the module may use its bytes say by themselves.
const OPTIMISE: [&str; 8] = [
    "--one-caller-inline-max-function-size=10",
    "-Oz",
    "-Oz",
    "--converge",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Builds the module and its glue.
pub(super) fn build(place: &Place, with: &Toolchain) -> Result<PathBuf> {
    let inputs = sources(with)?.word(&place.version).word("wasm");
    stage(&place.build, "wasm", inputs, |folder| {
        let module = toolchain::build(with, &place.build.join("cargo"), &[])?;
        bindgen::run(&module, "web", folder)?;
        let mut optimise = place.node_tool("wasm-opt");
        optimise
            .args(OPTIMISE)
            .args(FEATURES)
            .arg(folder.join("core_bg.wasm"))
            .arg("-o")
            .arg(folder.join(place.core_name("wasm")));
        steps::run(&mut optimise)
    })
}

/// What the engine is built from.
pub(super) fn sources(with: &Toolchain) -> Result<Inputs> {
    let mut inputs = Inputs::default().word(&toolchain::fingerprint(with));
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        "core/Cargo.toml",
        "core/src",
        "bindings/web/Cargo.toml",
        "bindings/web/src",
        "bindings/web/package-lock.json",
        "xtask/src/web",
    ] {
        inputs = inputs.path(path)?;
    }
    Ok(inputs)
}

/// Puts the glue where TypeScript finds it. Its types are the engine's surface, and committed: a change shows in review.
///
/// # Errors
/// The outer where it can't be put there; the inner where the surface changed and that is to fail.
pub(super) fn publish_glue(
    place: &Place,
    built: &Path,
    differences: Differences,
) -> Result<Result<()>> {
    let generated = place.package.join("generated");
    fs::create_dir_all(&generated).context("cannot make bindings/web/generated")?;
    copy(&built.join("core.js"), &generated.join("glue.js"))?;
    let (made, committed) = (built.join("core.d.ts"), generated.join("glue.d.ts"));
    let surface = fs::read_to_string(&made).context("wasm-bindgen wrote no types")?;
    if fs::read_to_string(&committed).is_ok_and(|before| before == surface) {
        return Ok(Ok(()));
    }
    if differences == Differences::Fail {
        return Ok(Err(anyhow!(
            "the engine's surface is not that of bindings/web/generated/glue.d.ts: run `cargo xtask web --bless`, and look at the difference"
        )));
    }
    println!("the engine's surface changed: bindings/web/generated/glue.d.ts is written anew");
    copy(&made, &committed).map(Ok)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(())
}
