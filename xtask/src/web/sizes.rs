//! How large the files are that a page loads, exactly, and what they may be.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

use super::Differences;
use super::place::Place;
use crate::toolchain::Toolchain;
use crate::{exact, steps};

/// A file of `dist`, as `build/measure.js` says it.
#[derive(Deserialize)]
pub(super) struct Measured {
    pub(super) name: String,
    bytes: u64,
    brotli: u64,
    pub(super) integrity: String,
}

/// What is committed: bytes after brotli -q 11, by file, the version left out of its name.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
struct Committed {
    /// The compiler they hold for. Another one is held to the limits alone.
    rustc: String,
    brotli: BTreeMap<String, u64>,
}

const FIRST: &str = "eyeline.js";
const HOST: &str = "eyeline-core.js";
const WASM: &str = "eyeline-core.wasm";
const FALLBACK: &str = "eyeline-core.asm.js";

/// What a page is asked to load, in bytes after brotli -q 11.
struct Limit {
    what: &'static str,
    files: &'static [&'static str],
    /// More than this fails. It goes down with every file that gets smaller, and never up.
    most: u64,
    /// Where it has to come to. Ours: what sites accept without a talk about it.
    aim: u64,
}

const LIMITS: [Limit; 3] = [
    Limit {
        what: "what loads first",
        files: &[FIRST],
        most: 3_000,
        aim: 3_000,
    },
    Limit {
        what: "everything",
        files: &[FIRST, HOST, WASM],
        most: 47_850,
        aim: 16_000,
    },
    Limit {
        what: "the fallback without WebAssembly",
        files: &[FALLBACK],
        most: 50_600,
        aim: 22_000,
    },
];

/// Measures the files of `dist`.
pub(super) fn measure(place: &Place) -> Result<Vec<Measured>> {
    let output = steps::output(place.node().arg("build/measure.js").arg(place.dist()))?;
    serde_json::from_str(&output).context("build/measure.js did not answer in JSON")
}

/// Prints the sizes and holds them against what is committed and against the limits.
///
/// # Errors
/// The outer where nothing is committed that can be read; the inner where they are not what they should be.
pub(super) fn hold(
    place: &Place,
    toolchain: &Toolchain,
    measured: &[Measured],
    differences: Differences,
) -> Result<Result<()>> {
    let path = place.package.join("size.json");
    println!(
        "\n{:<28} {:>9} {:>9}",
        "bindings/web/dist", "bytes", "brotli"
    );
    let mut now = Committed {
        rustc: toolchain.version.clone(),
        brotli: BTreeMap::new(),
    };
    for file in measured {
        let name = file.name.replace(&format!("-{}", place.version), "");
        // The pinned and the evergreen name hold the same bytes.
        if !file.name.ends_with(".json") && now.brotli.insert(name.clone(), file.brotli).is_none() {
            println!("{name:<28} {:>9} {:>9}", file.bytes, file.brotli);
        }
    }
    let sums = over_limits(&now.brotli);
    if differences == Differences::Bless {
        let text = serde_json::to_string_pretty(&now)? + "\n";
        fs::write(&path, text).context("cannot write bindings/web/size.json")?;
    }
    let committed: Committed = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).context("bindings/web/size.json can't be read")?,
        Err(_) => bail!("there is no bindings/web/size.json: run `cargo xtask web --bless`"),
    };
    let changed = exact::changed("size.json", &exact_of(&committed), &exact_of(&now));
    let faults: Vec<String> = sums.into_iter().chain(changed).collect();
    if faults.is_empty() {
        return Ok(Ok(()));
    }
    let said = faults.join("\n");
    if differences == Differences::Fail {
        return Ok(Err(anyhow!(
            "{said}\nwhere this is meant to be, run `cargo xtask web --bless`"
        )));
    }
    println!("\n{said}");
    Ok(Ok(()))
}

fn exact_of(sizes: &Committed) -> exact::Sizes<'_> {
    exact::Sizes {
        rustc: &sizes.rustc,
        bytes: &sizes.brotli,
    }
}

/// Every limit that is broken; prints each sum, and how far it is from its aim.
fn over_limits(sizes: &BTreeMap<String, u64>) -> Vec<String> {
    let mut broken = Vec::new();
    for Limit {
        what,
        files,
        most,
        aim,
    } in LIMITS
    {
        let missing = files.iter().filter(|file| !sizes.contains_key(**file));
        broken.extend(missing.map(|file| format!("{file} was not built")));
        let sum: u64 = files.iter().filter_map(|file| sizes.get(*file)).sum();
        println!("{what}: {sum} bytes; at most {most}, the aim is {aim}");
        if sum > most {
            broken.push(format!(
                "{what} has {sum} bytes after brotli, {most} are the limit"
            ));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_hold_for_sums() {
        let most = LIMITS[1].most;
        let over = most + 1;
        let rest = over - 3_000 - 10_000;
        let files = [(FIRST, 3_000), (HOST, 10_000), (WASM, rest), (FALLBACK, 9)];
        let sizes = files.map(|(name, size)| (name.to_owned(), size));
        assert_eq!(
            over_limits(&BTreeMap::from(sizes)),
            [format!(
                "everything has {over} bytes after brotli, {most} are the limit"
            )]
        );
    }
}
