//! `api/web.d.ts`: what the npm package exports, as one committed text, so that a changed signature shows in review.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Differences;
use super::place::Place;
use crate::{steps, workspace};

/// Holds the types that were built against the committed text.
///
/// # Errors
/// Where they differ and that is to fail.
pub(super) fn hold(place: &Place, types: &Path, differences: Differences) -> Result<()> {
    let mut node = place.node();
    node.arg("build/surface.js").arg(types);
    let built = steps::output(node.args(ENTRIES))?;
    let committed = workspace::root().join(COMMITTED);
    if fs::read_to_string(&committed).is_ok_and(|text| text == built) {
        return Ok(());
    }
    let said = format!(
        "what @eyeline/web exports is not what {COMMITTED} says; `cargo xtask web --bless` writes it anew, look at the difference"
    );
    match differences {
        Differences::Fail => bail!("{said}"),
        Differences::Say => println!("{said}"),
        Differences::Bless => {
            fs::create_dir_all(committed.parent().context("a file has a folder")?)?;
            fs::write(&committed, built).with_context(|| format!("cannot write {COMMITTED}"))?;
        }
    }
    Ok(())
}

const COMMITTED: &str = "api/web.d.ts";
/// The entries of package.json.
const ENTRIES: [&str; 2] = ["npm/index.d.ts", "npm/react.d.ts"];
