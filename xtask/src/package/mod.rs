//! What apps take from a repository: the Android package, the jar for JVMs, the XCFramework for Apple's platforms.

mod aar;
pub(crate) mod archive;
mod jar;
mod maven;
mod xcframework;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use archive::Entries;

use crate::workspace;

pub(crate) use aar::run as aar;
pub(crate) use jar::run as jar;
pub(crate) use xcframework::run as xcframework;

/// Of every package: that of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where packages are written: a Maven repository, the XCFramework's archive beside it.
fn place() -> Result<PathBuf> {
    let folder = workspace::target()?.join("packages");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// What Maven compiled, without the library of this machine that tests run on.
fn classes(modules: &[&str]) -> Result<Entries> {
    let mut all = Entries::new();
    for module in modules {
        let folder = module_folder(module).join("target/classes");
        all.extend(archive::folder(&folder, |name| {
            name.ends_with(".class") || name.starts_with("META-INF/")
        })?);
    }
    Ok(all)
}

/// The sources of what is in [`classes`].
fn sources(modules: &[&str]) -> Result<Entries> {
    let mut all = Entries::new();
    for module in modules {
        let folder = module_folder(module);
        let is_of_package = |name: &str| {
            name.ends_with(".kt") && !name.starts_with("src/test/") && !name.starts_with("target/")
        };
        for (name, content) in archive::folder(&folder, is_of_package)? {
            // As compilers look for them: by package.
            let at = name
                .find("dev/")
                .context("a source lies in its package's folder")?;
            all.insert(name[at..].to_owned(), content);
        }
    }
    Ok(all)
}

fn module_folder(module: &str) -> PathBuf {
    workspace::root()
        .join("bindings/mobile/kotlin")
        .join(module)
}
