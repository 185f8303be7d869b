//! The library for the machine this runs on, as the jar for JVMs carries it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::compile;
use super::{Builder, TARGETS};
use crate::toolchain::Toolchain;
use crate::workspace;

/// A kind of machine that JVMs run on.
pub(crate) struct Host {
    /// As JNA names it, and the folder it looks into.
    name: &'static str,
    triple: &'static str,
    file: &'static str,
    is_this: bool,
}

/// Those the jar may hold the library of.
pub(crate) const HOSTS: [Host; 4] = [
    Host {
        name: "linux-x86-64",
        triple: "x86_64-unknown-linux-gnu",
        file: "libeyeline_mobile.so",
        is_this: cfg!(all(target_os = "linux", target_arch = "x86_64")),
    },
    Host {
        name: "darwin-aarch64",
        triple: "aarch64-apple-darwin",
        file: "libeyeline_mobile.dylib",
        is_this: cfg!(all(target_os = "macos", target_arch = "aarch64")),
    },
    Host {
        name: "darwin-x86-64",
        triple: "x86_64-apple-darwin",
        file: "libeyeline_mobile.dylib",
        is_this: cfg!(all(target_os = "macos", target_arch = "x86_64")),
    },
    Host {
        name: "win32-x86-64",
        triple: "x86_64-pc-windows-msvc",
        file: "eyeline_mobile.dll",
        is_this: cfg!(all(windows, target_arch = "x86_64")),
    },
];

impl Host {
    /// Where the library lies in the jar.
    pub(crate) fn resource(&self) -> String {
        format!("{}/{}", self.name, self.file)
    }
}

/// A library that was built, and what for.
pub(crate) struct HostLibrary {
    pub(crate) host: &'static Host,
    pub(crate) path: PathBuf,
}

/// Builds the library of this machine and copies it to where `cargo xtask jvm-jar --with` looks.
///
/// # Errors
/// As [`host_library`], or where it can't be copied.
pub(crate) fn put_host_library(into: &Path) -> Result<()> {
    let library = host_library()?;
    let file = into.join(library.host.resource());
    let cannot = || format!("cannot write {}", file.display());
    fs::create_dir_all(file.parent().context("a library lies in a folder")?)
        .with_context(cannot)?;
    fs::copy(&library.path, &file).with_context(cannot)?;
    println!("{}", file.display());
    Ok(())
}

/// Builds the library of this machine.
///
/// # Errors
/// Where the jar has no place for it, or it does not build.
pub(crate) fn host_library() -> Result<HostLibrary> {
    let host = HOSTS
        .iter()
        .find(|host| host.is_this)
        .context("the jar for JVMs has no place for a machine like this one")?;
    let path = match TARGETS.iter().find(|target| target.triple == host.triple) {
        Some(target) => Builder::new(None)?.build(target)?.join(target.file()),
        // With this system's own linker, which is there where Rust is.
        None => {
            let folder = workspace::target()?.join("mobile-libraries/cargo");
            compile::for_host(&Toolchain::find()?, &folder, host.triple, host.file)?
        }
    };
    Ok(HostLibrary { host, path })
}
