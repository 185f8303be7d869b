//! The version that the Swift package says it has: the workspace's.

use std::fs;

use anyhow::{Context, Result, bail};

use super::Differences;
use crate::workspace;

const FILE: &str = "bindings/mobile/swift/Sources/Eyeline/Version.swift";

/// Holds the package's version against the workspace's, or writes it anew.
pub(super) fn hold(differences: Differences) -> Result<()> {
    let path = workspace::root().join(FILE);
    let committed = fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let right = with_version(&committed, env!("CARGO_PKG_VERSION"))
        .with_context(|| format!("{FILE} has no line `{LINE}…\"`"))?;
    if committed == right {
        return Ok(());
    }
    if differences == Differences::Fail {
        bail!("{FILE} is not of the workspace's version: run `cargo xtask swift --bless`");
    }
    fs::write(&path, right).with_context(|| format!("cannot write {FILE}"))
}

/// The file with this version in place of its own.
fn with_version(file: &str, version: &str) -> Option<String> {
    let (before, rest) = file.split_once(LINE)?;
    let (_, after) = rest.split_once('"')?;
    Some(format!("{before}{LINE}{version}\"{after}"))
}

const LINE: &str = "static let current = \"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_seen() {
        let file = "enum Version {\n    static let current = \"0.1.0\"\n}\n";
        assert_eq!(with_version(file, "0.1.0").as_deref(), Some(file));
        let next = with_version(file, "0.2.0").expect("there is a version");
        assert_eq!(next, file.replace("0.1.0", "0.2.0"));
        assert_eq!(with_version("enum Version {}", "0.1.0"), None);
    }
}
