//! `cargo xtask swift`: the Swift package of `bindings/mobile/swift`, from the Rust library below it to its tests.

mod costs;
mod docs;
mod install;
mod models;
mod package;
mod privacy;
mod suite;
mod surface;
mod toolchain;
mod version;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use models::Models;
use package::Package;
use toolchain::Toolchain;

use crate::steps::Tally;

/// What becomes of a difference to what is committed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Differences {
    /// It fails the run.
    Fail,
    /// It is committed: written over what stands in the checkout.
    Bless,
}

/// Builds the package, and holds its version, its public surface and what it tells the stores against what is committed; has DocC
/// read its documentation.
pub(crate) fn run(differences: Differences) -> Result<()> {
    version::hold(differences)?;
    privacy::hold(differences)?;
    let toolchain = Toolchain::find()?;
    println!("{}", toolchain.version()?);
    let package = Package::prepare()?;
    crate::steps::run(&mut package.swift(&toolchain, "build")?)?;
    if let Some(models) = Models::prepare(&package)? {
        models.build(&package, &toolchain)?;
        surface::hold(&package, &models, &toolchain, differences)?;
        docs::check(
            &package,
            &toolchain,
            &surface::graphs(&models.scratch, "Eyeline"),
        )?;
    }
    println!(
        "packages that depend on it are built with: {}",
        package.link().join(" ")
    );
    Ok(())
}

/// Writes the C header and the Swift code that speak to the library. Gives the folder in which the header and its module map lie.
pub(crate) fn generated() -> Result<PathBuf> {
    Ok(Package::prepare()?.generated)
}

/// Runs the suite against the real library and the real collector, and what is Apple's alone on models.
pub(crate) fn test() -> Result<Tally> {
    let toolchain = Toolchain::find()?;
    let package = Package::prepare()?;
    let suite = suite::run(&package, &toolchain)?;
    Ok(match Models::prepare(&package)? {
        Some(models) => suite.plus(models.test(&package, &toolchain)?),
        None => suite,
    })
}

/// The program that makes the calls of `tests/conformance` through the Swift API.
pub(crate) fn conformance() -> Result<Command> {
    let toolchain = Toolchain::find()?;
    let package = Package::prepare()?;
    crate::steps::run(&mut package.swift(&toolchain, "build")?)?;
    suite::conformance(&package, &toolchain)
}

/// Measures what the package costs an app, over the library as phones get it.
pub(crate) fn bench() -> Result<()> {
    let toolchain = Toolchain::find()?;
    costs::measure(&Package::prepare()?.optimised()?, &toolchain)
}

/// Kills a Swift process this often, and counts what is missing.
pub(crate) fn soak(kills: u32) -> Result<()> {
    let toolchain = Toolchain::find()?;
    let package = Package::prepare()?;
    suite::kill(&package, &toolchain, kills)
}
