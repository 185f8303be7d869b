//! Linking for Linux and Android: LLVM's linker, and in place of the system's libraries stubs that hold what is in the committed list and
//! nothing else. So no NDK is needed, and what is built does not depend on the system it is built on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::imports::{Imports, LINKED_IN};
use super::linker::Linker;
use super::target::{ANDROID_OLDEST, SHARED, System, Target};
use crate::steps;

/// What uniffi's Kotlin calls. Everything else stays inside, and goes where nothing calls it; what the library says about itself to
/// bindgen among it.
pub(super) const EXPORTS: [&str; 2] = ["uniffi_*", "ffi_*"];

/// Links one shared library, stripped, into `folder`, against stubs.
pub(super) fn link(linker: &Linker, target: &Target, library: &Path, folder: &Path) -> Result<()> {
    let (System::Linux { machine } | System::Android { machine, .. }) = target.system else {
        unreachable!("{} is not linked for Linux or Android", target.name);
    };
    let stubs = folder.join("stubs");
    let libraries = stubs_of(
        &Imports::committed(target.imports())?,
        linker,
        machine,
        &stubs,
    )?;
    let mut lld = linker.elf();
    lld.args(["-m", machine, "-shared", "--eh-frame-hdr"])
        .args(arguments(target, &stubs)?)
        .arg(library)
        .args(libraries);
    steps::run(lld.arg("-o").arg(folder.join(SHARED)))?;
    fs::remove_dir_all(&stubs).context("cannot clear the stubs")
}

/// The same as a release does it: with the NDK's compiler as the linker's driver, its libraries, and its unwinder linked in.
pub(super) fn link_with_ndk(
    ndk: &Path,
    target: &Target,
    library: &Path,
    folder: &Path,
) -> Result<()> {
    let tools = ndk.join("toolchains/llvm/prebuilt");
    let mut hosts = fs::read_dir(&tools).with_context(|| {
        format!(
            "{} is no NDK: {} is not there",
            ndk.display(),
            tools.display()
        )
    })?;
    let host = hosts
        .next()
        .context("the NDK has no tools for any host")??;
    // What clang calls the processor differs for one of them.
    let triple = target.triple.replace("armv7-", "armv7a-");
    let mut clang = Command::new(host.path().join("bin/clang"));
    clang
        .arg(format!("--target={triple}{ANDROID_OLDEST}"))
        .arg("-shared");
    for argument in arguments(target, folder)? {
        clang.args(["-Xlinker", &argument]);
    }
    clang.arg(library).args(["-ldl", "-lm", "-llog"]);
    steps::run(clang.arg("-o").arg(folder.join(SHARED)))
}

/// What the linker is told in either way. The list of exports is written into `folder`.
fn arguments(target: &Target, folder: &Path) -> Result<Vec<String>> {
    let exports = folder.join("exports.map");
    write(&exports, &version_script(&EXPORTS))?;
    let page_bytes = format!("max-page-size={}", target.page_bytes());
    let fixed = [
        &["-soname", SHARED, "-O2", "--gc-sections", "--icf=all"][..],
        &["--strip-all", "--hash-style=gnu", "--build-id=none"],
        &["--as-needed", "-z", "relro", "-z", "now", "-z", &page_bytes],
    ];
    let mut all: Vec<String> = fixed.concat().into_iter().map(str::to_owned).collect();
    all.extend(EXPORTS.map(|pattern| format!("--undefined-glob={pattern}")));
    all.push(format!("--version-script={}", exports.display()));
    if matches!(target.system, System::Android { .. }) {
        // Known to Android since 6.0: a tenth of the usual table.
        all.push("--pack-dyn-relocs=android".to_owned());
    }
    Ok(all)
}

/// A shared library each, empty but for its symbols.
fn stubs_of(
    imports: &Imports,
    linker: &Linker,
    machine: &str,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).context("cannot make the folder of stubs")?;
    let mut made = Vec::new();
    let real = imports
        .libraries
        .iter()
        .filter(|(name, _)| *name != LINKED_IN);
    for (name, symbols) in real {
        let (script, versions) = (
            folder.join(format!("{name}.ld")),
            folder.join(format!("{name}.map")),
        );
        let mut assignments = String::new();
        let mut by_version = BTreeMap::<&str, Vec<&str>>::new();
        for (symbol, version) in symbols {
            writeln!(assignments, "{symbol} = 0;")?;
            let version = version.as_deref().unwrap_or_default();
            by_version.entry(version).or_default().push(symbol);
        }
        write(&script, &assignments)?;
        let mut map = String::new();
        for (version, symbols) in by_version {
            writeln!(map, "{version} {{ global: {}; }};", symbols.join("; "))?;
        }
        write(&versions, &map)?;
        let stub = folder.join(name);
        let mut lld = linker.elf();
        lld.args(["-m", machine, "-shared", "-soname", name])
            .arg(format!("--version-script={}", versions.display()))
            .arg(&script);
        steps::run(lld.arg("-o").arg(&stub))?;
        made.push(stub);
    }
    Ok(made)
}

fn version_script(exports: &[&str]) -> String {
    format!("{{ global: {}; local: *; }};\n", exports.join("; "))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
