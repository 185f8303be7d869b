//! `cargo xtask web`: everything a page loads, from the Rust engine and the TypeScript around it to `bindings/web/dist`.
//!
//! Each part is built only when its inputs changed. What is built depends on nothing else: two clean builds are the same
//! to the byte, which is why sizes can be held exactly.

mod bindgen;
mod bundles;
mod dist;
mod engine;
mod fallback;
mod npm;
mod place;
mod sizes;
mod suites;
mod surface;
mod toolchain;

use anyhow::Result;

use crate::steps::{self, Tally};
use crate::toolchain::Toolchain;
use place::Place;

/// What becomes of a difference to the committed sizes and surface.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Differences {
    /// They are said.
    Say,
    /// They fail the run.
    Fail,
    /// They are committed: written over what stands in the checkout.
    Bless,
}

/// Builds `bindings/web/dist` and holds it against what is committed.
pub(crate) fn run(differences: Differences) -> Result<()> {
    let place = Place::new()?;
    npm::install(&place)?;
    let toolchain = Toolchain::find()?;
    let engine = engine::build(&place, &toolchain)?;
    let surface = engine::publish_glue(&place, &engine, differences)?;
    let fallback = fallback::build(&place, &toolchain)?;
    let bundles = bundles::build(&place)?;
    let types = bundles::types(&place)?;
    let exports = surface::hold(&place, &types, differences);
    let measured = dist::assemble(&place, &[&engine, &fallback, &bundles], &types)?;
    let sizes = sizes::hold(&place, &toolchain, &measured, differences)?;
    surface.and(exports).and(sizes)
}

/// Whether a build lies in `bindings/web/dist`.
pub(crate) fn is_built() -> bool {
    Place::new().is_ok_and(|place| place.dist().join("eyeline.js").is_file())
}

/// Runs the tests that need no browser, on what [`run`] built.
pub(crate) fn test() -> Result<Tally> {
    let place = Place::new()?;
    npm::install(&place)?;
    suites::run(&place)
}

/// Checks the types of all TypeScript. The types of the engine's surface are committed, so this needs no Rust build.
pub(crate) fn check_types() -> Result<()> {
    let place = Place::new()?;
    npm::install(&place)?;
    steps::run(place.node_tool("tsc").arg("--noEmit"))
}
