//! What the library adds to an app on Apple's platforms. A static library's own size says little: so it is linked, with nothing around it,
//! into a dynamic library that holds what Swift calls, everything that needs, and no more.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::elf::EXPORTS;
use super::imports::Imports;
use super::linker::Linker;
use super::target::{IOS_OLDEST, System, Target};
use crate::steps;

/// The dynamic library that is measured. It is in no package.
pub(super) const MEASURED: &str = "measured.dylib";

/// Links it into `folder`. What it asks of the system is looked up as it starts, so that whoever checks it sees every symbol.
pub(super) fn link_to_measure(
    linker: &Linker,
    target: &Target,
    library: &Path,
    folder: &Path,
) -> Result<()> {
    let System::Apple { platform, arch } = target.system else {
        unreachable!("{} is none of Apple's platforms", target.name);
    };
    let mut lld = linker.macho();
    lld.args(["-arch", arch, "-dylib", "-dead_strip", "--icf=all"])
        .args(["-platform_version", platform, IOS_OLDEST, IOS_OLDEST])
        .args(["-install_name", "@rpath/measured.dylib"])
        .args(["-undefined", "dynamic_lookup", "-x", "-S", "-all_load"])
        .arg(library);
    for pattern in EXPORTS {
        lld.args(["-exported_symbol", &format!("_{pattern}")]);
    }
    for (name, symbols) in Imports::committed(target.imports())?.libraries {
        let symbols: Vec<_> = symbols.into_keys().collect();
        let stub = folder.join(format!("{name}.tbd"));
        fs::write(&stub, text_stub(&name, arch, platform, &symbols)?)
            .with_context(|| format!("cannot write {}", stub.display()))?;
        lld.arg(stub);
    }
    steps::run(lld.arg("-o").arg(folder.join(MEASURED)))
}

/// A library of the system as text: its name and what it holds (TAPI, version 4).
fn text_stub(name: &str, arch: &str, platform: &str, symbols: &[String]) -> Result<String> {
    let target = format!("{arch}-{platform}");
    let mut stub = String::from("--- !tapi-tbd\ntbd-version: 4\n");
    writeln!(stub, "targets: [ {target} ]")?;
    writeln!(stub, "install-name: '/usr/lib/{name}'")?;
    writeln!(stub, "exports:\n  - targets: [ {target} ]")?;
    writeln!(stub, "    symbols: [ {} ]\n...", symbols.join(", "))?;
    Ok(stub)
}
