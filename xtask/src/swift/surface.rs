//! The public surface of the package as text, `api/swift.txt`: what the compiler's symbol graphs say, one line a symbol.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::Differences;
use super::models::Models;
use super::package::Package;
use super::toolchain::Toolchain;
use crate::{steps, workspace};

/// The modules an app imports, and the one whose values the first gives other names to.
const MODULES: [&str; 3] = ["Eyeline", "EyelineTestKit", "EyelineBindings"];

const COMMITTED: &str = "api/swift.txt";

/// Holds the surface of what was built, on models too, against what is committed.
pub(super) fn hold(
    package: &Package,
    models: &Models,
    toolchain: &Toolchain,
    differences: Differences,
) -> Result<()> {
    let mut text = String::from(
        "What an app can use of the Swift package, one symbol a line. Compared by `cargo xtask test`; `cargo xtask swift --bless` writes it anew.\n\
         Made from the symbol graphs of the Swift compiler on Linux. What only Apple's platforms have is compiled against models of UIKit and SwiftUI.\n",
    );
    for module in MODULES {
        let everywhere = symbols(&package.scratch, package, toolchain, module)?;
        add(&mut text, module, &everywhere)?;
        if module == "Eyeline" {
            let on_models = symbols(&models.scratch, package, toolchain, module)?;
            let apples = on_models.difference(&everywhere).cloned().collect();
            add(&mut text, "Eyeline, with UIKit and SwiftUI", &apples)?;
        }
    }
    let committed = workspace::root().join(COMMITTED);
    if fs::read_to_string(&committed).is_ok_and(|before| before == text) {
        return Ok(());
    }
    if differences == Differences::Fail {
        let made = package.scratch.join("swift.txt");
        fs::write(&made, text).with_context(|| format!("cannot write {}", made.display()))?;
        let mut diff = std::process::Command::new("diff");
        let _shown = diff.arg("-u").arg(&committed).arg(&made).status();
        bail!(
            "the public surface is not that of {COMMITTED}: run `cargo xtask swift --bless`, and look at the difference"
        );
    }
    fs::create_dir_all(workspace::root().join("api")).context("cannot make api/")?;
    fs::write(&committed, text).with_context(|| format!("cannot write {COMMITTED}"))?;
    println!("{COMMITTED} is written anew");
    Ok(())
}

fn add(text: &mut String, module: &str, symbols: &BTreeSet<String>) -> Result<()> {
    ensure!(!symbols.is_empty(), "the symbol graph of {module} is empty");
    *text += &format!("\nmodule {module}\n");
    for symbol in symbols {
        *text += &format!("{symbol}\n");
    }
    Ok(())
}

/// Where the symbol graph of a module lies that was built here.
pub(super) fn graphs(scratch: &Path, module: &str) -> PathBuf {
    scratch.join("symbols").join(module)
}

/// `path: declaration` of each public symbol of a module that was built here, ascending.
fn symbols(
    scratch: &Path,
    package: &Package,
    toolchain: &Toolchain,
    module: &str,
) -> Result<BTreeSet<String>> {
    let modules = scratch.join("debug/Modules");
    let graphs = graphs(scratch, module);
    if graphs.exists() {
        fs::remove_dir_all(&graphs)
            .with_context(|| format!("cannot remove {}", graphs.display()))?;
    }
    fs::create_dir_all(&graphs).with_context(|| format!("cannot make {}", graphs.display()))?;
    let mut extract = toolchain.command(
        &toolchain.tool("swift-symbolgraph-extract"),
        &package.folder,
    )?;
    extract
        .args(["-module-name", module, "-minimum-access-level", "public"])
        .args(["-target", &triple(toolchain)?, "-I"])
        .arg(&modules)
        .arg("-I")
        .arg(package.folder.join("Sources/EyelineFFI/generated"))
        .arg("-output-dir")
        .arg(&graphs);
    steps::run(&mut extract)?;
    let mut lines = BTreeSet::new();
    for graph in
        fs::read_dir(&graphs).with_context(|| format!("cannot read {}", graphs.display()))?
    {
        lines.extend(lines_of(&graph?.path(), module)?);
    }
    Ok(lines)
}

fn lines_of(graph: &Path, module: &str) -> Result<Vec<String>> {
    let text =
        fs::read_to_string(graph).with_context(|| format!("cannot read {}", graph.display()))?;
    let graph: Value = serde_json::from_str(&text).context("a symbol graph is not JSON")?;
    let symbols = graph["symbols"]
        .as_array()
        .context("a symbol graph has no symbols")?;
    let line = |symbol: &Value| {
        let path = symbol["pathComponents"].as_array()?;
        let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
        let words = symbol["declarationFragments"].as_array()?;
        let declaration: String = words
            .iter()
            .filter_map(|word| word["spelling"].as_str())
            .collect();
        let is_inherited = symbol["identifier"]["precise"]
            .as_str()?
            .contains("::SYNTHESIZED::");
        // Of the code that crosses the border only the values are the app's business, under the names `Eyeline` gives them.
        let is_plumbing =
            module == "EyelineBindings" && PLUMBING.iter().any(|word| path[0].starts_with(word));
        (!is_inherited && !is_plumbing)
            .then(|| format!("{}: {}", path.join("."), declaration.trim_end()))
    };
    Ok(symbols.iter().filter_map(line).collect())
}

/// What uniffi generates beside values, and the classes that the package's own stand before.
const PLUMBING: [&str; 12] = [
    "FfiConverter",
    "uniffi",
    "Uniffi",
    "Client",
    "Listener",
    "Transport",
    "TestClock",
    "TestRig",
    "Config",
    "Request",
    "Response",
    "NoHandle",
];

/// The machine as this compiler calls it: Debian's and Swift's own disagree on the vendor.
fn triple(toolchain: &Toolchain) -> Result<String> {
    let mut swiftc = toolchain.command("swiftc", workspace::root())?;
    let said = steps::output(swiftc.arg("-print-target-info"))?;
    let about: Value = serde_json::from_str(&said).context("swiftc did not answer in JSON")?;
    let triple = about["target"]["triple"].as_str();
    Ok(triple.context("swiftc names no target")?.to_owned())
}
