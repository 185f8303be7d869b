//! The same engine as JavaScript, for pages whose content security policy refuses WebAssembly.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::bindgen;
use super::engine::sources;
use super::place::Place;
use super::toolchain;
use crate::stage::stage;
use crate::steps;
use crate::toolchain::Toolchain;

/// wasm2js reads WebAssembly as it was in 2017: nothing newer may be in the module.
const FLAGS: [&str; 1] = ["-Ctarget-cpu=mvp"];

/// Functions with one caller stay functions, as in the module (see `engine.rs`): 2 % smaller once compressed.
const OPTIMISE: [&str; 2] = ["--one-caller-inline-max-function-size=10", "-Oz"];

/// Passes that say in the words of 2017 what the linker and the standard library say in newer ones.
const LOWER: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--llvm-memory-copy-fill-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "--signext-lowering",
];

/// Builds the module for old machines, converts it, and bundles it with its glue into one file that exports what the glue
/// of the other one does, ready to use.
pub(super) fn build(place: &Place, with: &Toolchain) -> Result<PathBuf> {
    let inputs = sources(with)?.word(&place.version).word("fallback");
    stage(&place.build, "fallback", inputs, |folder| {
        let module = toolchain::build(with, &place.build.join("cargo-fallback"), &FLAGS)?;
        bindgen::run(&module, "bundler", folder)?;
        convert(place, folder)?;
        rewrite(
            &folder.join("core_bg.js"),
            &VIEWS,
            &["byteLength", "detached"],
        )?;
        rewrite(
            &folder.join("core.js"),
            &[("./core_bg.wasm", "./module.js")],
            &[],
        )?;
        let mut bundle = place.node_tool("esbuild");
        bundle
            .args(["--bundle", "--minify", "--format=esm", "--target=es2020"])
            .args(["--legal-comments=none", "--log-level=warning"])
            .arg(folder.join("core.js"))
            .arg(format!(
                "--outfile={}",
                folder.join(place.core_name("asm.js")).display()
            ));
        steps::run(&mut bundle)
    })
}

/// `core_bg.wasm` to `module.js`.
fn convert(place: &Place, folder: &Path) -> Result<()> {
    let lowered = folder.join("lowered.wasm");
    let mut lower = place.node_tool("wasm-opt");
    lower
        .args(OPTIMISE)
        .args(["--strip-debug", "--strip-producers"])
        .args(LOWER)
        .arg(folder.join("core_bg.wasm"))
        .arg("-o")
        .arg(&lowered);
    steps::run(&mut lower)?;
    let mut convert = place.node_tool("wasm2js");
    convert
        .args(OPTIMISE)
        .arg(&lowered)
        .arg("-o")
        .arg(folder.join("module.js"));
    steps::run(&mut convert)
}

/// Where WebAssembly's memory grows, what saw it before is detached, and the glue looks for that. Memory made of a plain
/// buffer is another one once it grew, and the old one lives on.
const VIEWS: [(&str, &str); 2] = [
    (
        "cachedUint8ArrayMemory0.byteLength === 0",
        "cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer",
    ),
    (
        "cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0.buffer !== wasm.memory.buffer",
    ),
];

/// Replaces each text by its other, and holds that none of `gone` is left.
fn rewrite(path: &Path, pairs: &[(&str, &str)], gone: &[&str]) -> Result<()> {
    let mut text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    for (from, to) in pairs {
        ensure!(
            text.contains(from),
            "{}: wasm-bindgen does not write `{from}` any more; adapt xtask/src/web/fallback.rs",
            path.display()
        );
        text = text.replace(from, to);
    }
    for word in gone {
        ensure!(
            !text.contains(word),
            "{}: wasm-bindgen looks at `{word}` in a way that xtask/src/web/fallback.rs does not know",
            path.display()
        );
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
