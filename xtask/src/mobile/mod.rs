//! `cargo xtask mobile`: the library of `bindings/mobile` for phones and for JVMs, from one machine, without NDK, Xcode or C compiler.
//!
//! Each target is built only when its inputs changed. What was built is read again each time: what it asks of its system, what it
//! exports, how it lies in memory, what it weighs.

mod apple;
mod check;
mod compile;
mod elf;
mod host;
mod imports;
mod library;
mod linker;
mod sizes;
mod target;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

pub(crate) use check::{PREFIXES, Unwinder, hold as check};
pub(crate) use host::{HOSTS, Host, host_library, put_host_library};
pub(crate) use library::{Library, static_symbols};
pub(crate) use target::{System, TARGETS, Target};

use linker::Linker;

use crate::stage::stage;
use crate::toolchain::Toolchain;
use crate::workspace;

/// What becomes of a difference to the committed sizes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Differences {
    /// They are said.
    Say,
    /// They fail the run.
    Fail,
    /// They are committed: written over what stands in the checkout.
    Bless,
}

/// Builds the common targets, or all, and holds them against what is committed.
///
/// # Errors
/// Where one does not build, asks for what it may not, or is not as large as it should be.
pub(crate) fn run(all: bool, differences: Differences) -> Result<()> {
    let chosen: Vec<_> = TARGETS.iter().filter(|one| all || one.is_common).collect();
    let builder = Builder::new(None)?;
    let mut bytes = BTreeMap::new();
    for target in chosen {
        let folder = builder.build(target)?;
        let measured = match target.system {
            System::Apple { .. } => apple::MEASURED,
            _ => target.file(),
        };
        let library = Library::read(&folder.join(measured))?;
        check::hold(target, &library, builder.unwinder())?;
        bytes.insert(target.name.to_owned(), library.bytes);
    }
    sizes::hold(&builder.toolchain.version, bytes, differences)
}

/// Builds one target after the other, the tools found once.
pub(crate) struct Builder {
    toolchain: Toolchain,
    linker: Linker,
    linker_version: String,
    /// The Android NDK that links, where there is one.
    ndk: Option<PathBuf>,
    folder: PathBuf,
}

impl Builder {
    /// Finds the tools.
    ///
    /// # Errors
    /// Where one is missing and can't be installed.
    pub(crate) fn new(ndk: Option<PathBuf>) -> Result<Self> {
        let toolchain = Toolchain::find()?;
        let linker = Linker::find(&toolchain)?;
        Ok(Builder {
            linker_version: linker.version()?,
            folder: workspace::target()?.join("mobile-libraries"),
            toolchain,
            linker,
            ndk,
        })
    }

    /// Where Android's libraries get their unwinder from.
    pub(crate) fn unwinder(&self) -> Unwinder {
        match self.ndk {
            Some(_) => Unwinder::LinkedIn,
            None => Unwinder::Missing,
        }
    }

    /// Builds for one target. Gives the folder in which its file lies.
    ///
    /// # Errors
    /// Where it does not build.
    pub(crate) fn build(&self, target: &Target) -> Result<PathBuf> {
        let ndk = self.ndk.as_deref();
        let ndk = ndk.filter(|_| matches!(target.system, System::Android { .. }));
        let inputs = compile::inputs(&self.toolchain)?.word(&self.linker_version);
        let (name, inputs) = match ndk {
            None => (target.name.to_owned(), inputs),
            Some(ndk) => {
                let version = fs::read_to_string(ndk.join("source.properties"))
                    .with_context(|| format!("{} is no NDK", ndk.display()))?;
                (format!("{}-ndk", target.name), inputs.word(&version))
            }
        };
        stage(&self.folder, &name, inputs, |folder| {
            let cargo = self.folder.join("cargo");
            let library = compile::static_library(&self.toolchain, &cargo, target)?;
            match (target.system, ndk) {
                (System::Android { .. }, Some(ndk)) => {
                    elf::link_with_ndk(ndk, target, &library, folder)
                }
                (System::Linux { .. } | System::Android { .. }, _) => {
                    elf::link(&self.linker, target, &library, folder)
                }
                (System::Apple { .. }, _) => {
                    apple::link_to_measure(&self.linker, target, &library, folder)?;
                    fs::copy(&library, folder.join(target.file()))
                        .map(drop)
                        .with_context(|| format!("cannot copy {}", library.display()))
                }
            }
        })
    }
}
