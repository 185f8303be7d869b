//! Node and its packages for the browser tests, and how many of its tests passed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::steps::{self, Tally};
use crate::workspace;

/// `node` in `bindings/web`, with the built `eyeline` named.
pub(super) fn node() -> Result<Command> {
    let mut node = Command::new("node");
    node.current_dir(folder())
        .env("EYELINE_BIN", workspace::binaries()?.join("eyeline"));
    Ok(node)
}

/// Installs the locked npm packages where they are not there yet.
pub(super) fn packages() -> Result<()> {
    if folder().join("node_modules/puppeteer-core").exists() {
        return Ok(());
    }
    println!("installing the npm packages of bindings/web");
    let mut npm = Command::new("npm");
    npm.current_dir(folder()).args(["ci", "--no-fund"]);
    steps::run(&mut npm).context("the browser tests need Node.js 20 or later with npm")
}

/// The suites, relative to `bindings/web`.
pub(super) fn suites() -> Result<Vec<PathBuf>> {
    let suites = folder().join("tests/suites");
    let files =
        fs::read_dir(&suites).with_context(|| format!("cannot read {}", suites.display()))?;
    let mut paths: Vec<_> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    paths.sort();
    Ok(paths)
}

/// Runs Node's test runner, shows what failed and counts.
pub(super) fn tests(node: &mut Command) -> Result<Tally> {
    let mut child = node
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start node: the browser tests need Node.js 20 or later")?;
    let mut tally = Tally::default();
    let mut is_summary = false;
    for line in BufReader::new(child.stdout.take().expect("standard output is piped")).lines() {
        let line = line?;
        add_line(&mut tally, &line);
        is_summary |= line.starts_with("ℹ tests");
        // One line a passing test would bury the failing one.
        let is_passing = line.trim_start().starts_with('✔');
        let is_heading = line.starts_with('▶');
        if !is_passing && !is_heading && !line.is_empty() {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    if !is_summary || (!status.success() && tally.failed == 0) {
        bail!("node --test ended with {status}");
    }
    Ok(tally)
}

/// Adds what one line of the closing summary says: `ℹ pass 12`.
fn add_line(tally: &mut Tally, line: &str) {
    let count = |word: &str| {
        line.strip_prefix("ℹ ")?
            .strip_prefix(word)?
            .trim()
            .parse::<usize>()
            .ok()
    };
    tally.passed += count("pass ").unwrap_or(0);
    tally.failed += count("fail ").unwrap_or(0) + count("cancelled ").unwrap_or(0);
}

fn folder() -> PathBuf {
    workspace::root().join("bindings/web")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_summary_is_added_up() {
        let mut tally = Tally::default();
        for line in [
            "✔ pass 99 of something (1.2ms)",
            "ℹ tests 14",
            "ℹ pass 11",
            "ℹ fail 2",
            "ℹ cancelled 1",
        ] {
            add_line(&mut tally, line);
        }
        assert_eq!((tally.passed, tally.failed), (11, 3));
    }
}
