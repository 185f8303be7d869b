//! The TypeScript: bundles for pages and for npm, and the types that npm's users see.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::place::Place;
use crate::stage::{Inputs, stage};
use crate::steps;

/// One bundle: where it starts and what becomes of it.
struct Bundle {
    entries: &'static [&'static str],
    format: &'static str,
    more: &'static [&'static str],
}

const FIRST: Bundle = Bundle {
    entries: &["ts/first/index.ts"],
    format: "iife",
    more: &[],
};
const HOST: Bundle = Bundle {
    entries: &["ts/host/index.ts"],
    format: "esm",
    more: &[],
};
const NPM: Bundle = Bundle {
    entries: &["ts/npm/index.ts", "ts/npm/react.ts", "ts/npm/react.tsx"],
    format: "esm",
    more: &[
        "--splitting",
        "--external:react",
        "--chunk-names=part-[hash]",
    ],
};

/// Builds every bundle whose sources are there: `eyeline.js`, the second part, and the folder `npm`.
pub(super) fn build(place: &Place) -> Result<PathBuf> {
    stage(&place.build, "bundles", inputs(place)?, |folder| {
        let first = folder.join("eyeline.js");
        bundle(place, &FIRST, |esbuild| esbuild.arg(outfile(&first)))?;
        squeeze(place, &first)?;
        let host = folder.join(place.core_name("js"));
        bundle(place, &HOST, |esbuild| esbuild.arg(outfile(&host)))?;
        squeeze(place, &host)?;
        let npm = folder.join("npm");
        bundle(place, &NPM, |esbuild| {
            esbuild.arg(format!("--outdir={}", npm.display()))
        })
    })
}

/// The types of the npm package, in the shape of the sources.
pub(super) fn types(place: &Place) -> Result<PathBuf> {
    stage(&place.build, "types", inputs(place)?, |folder| {
        if present(place, &NPM).is_empty() {
            return Ok(());
        }
        let mut tsc = place.node_tool("tsc");
        tsc.args([
            "--noEmit",
            "false",
            "--declaration",
            "--emitDeclarationOnly",
        ])
        .arg("--outDir")
        .arg(folder);
        steps::run(&mut tsc)
    })
}

fn inputs(place: &Place) -> Result<Inputs> {
    let mut inputs = Inputs::default().word(&place.version);
    for path in [
        "bindings/web/ts",
        "bindings/web/generated",
        "bindings/web/package-lock.json",
        "bindings/web/package.json",
        "bindings/web/tsconfig.json",
        "xtask/src/web",
    ] {
        inputs = inputs.path(path)?;
    }
    Ok(inputs)
}

fn present(place: &Place, bundle: &Bundle) -> Vec<&'static str> {
    let there = |entry: &&str| place.package.join(entry).is_file();
    bundle.entries.iter().copied().filter(there).collect()
}

fn outfile(path: &Path) -> String {
    format!("--outfile={}", path.display())
}

fn bundle(
    place: &Place,
    bundle: &Bundle,
    out: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<()> {
    let entries = present(place, bundle);
    if entries.is_empty() {
        println!("left out: there is no {}", bundle.entries.join(" or "));
        return Ok(());
    }
    let mut esbuild = place.node_tool("esbuild");
    esbuild
        .args(entries)
        .args([
            "--bundle",
            "--minify",
            "--target=es2020",
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
            // Private by our own convention. Two underscores are wasm-bindgen's.
            "--mangle-props=^_[^_]",
        ])
        .arg(format!("--format={}", bundle.format))
        .arg(format!("--define:__VERSION__=\"{}\"", place.version))
        .args(bundle.more);
    steps::run(out(&mut esbuild))
}

/// Minifies once more what pages load as it is: 2 to 4 % fewer bytes after brotli than esbuild alone.
fn squeeze(place: &Place, script: &Path) -> Result<()> {
    if !script.is_file() {
        return Ok(());
    }
    let mut terser = place.node_tool("terser");
    terser.arg(script).args([
        "--compress",
        "passes=3,ecma=2020,unsafe_arrows=true",
        "--mangle",
    ]);
    terser.args(["--format", &format!("preamble='{AT_ONCE}'")]);
    if !script.ends_with("eyeline.js") {
        terser.arg("--module");
    }
    terser.arg("--output").arg(script);
    steps::run(&mut terser)
}

/// Chromium compiles a script's functions while it loads, off the page's thread, where it is told that all of them are
/// called; it would compile each when it is first called, on it. A third less of the page's time to start, measured.
const AT_ONCE: &str = "//# allFunctionsCalledOnLoad";
