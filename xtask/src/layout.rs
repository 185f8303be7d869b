//! The layout check: how long a file may be, what it may be called, how it begins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::steps::{self, Tally};
use crate::workspace;

/// Past this many lines a file holds more than one subject.
const MOST_LINES: usize = 400;

/// What counts as source. Generated code, data and documents do not.
const SOURCE: [&str; 8] = ["rs", "sql", "py", "ts", "js", "kt", "swift", "css"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 4] = ["utils", "util", "helpers", "misc"];

/// Methods of other people's traits (`object_store`, `parquet`), which an implementation can't rename.
const OF_OTHERS: [&str; 4] = ["get_bytes(", "get_metadata<", "get_opts(", "get_ranges("];

/// Checks every file of the checkout that git knows or would add.
pub(crate) fn check() -> Result<Tally> {
    let mut faults = Vec::new();
    let mut seen = 0;
    for path in files()?.iter().filter(|path| is_source(path)) {
        let Ok(text) = fs::read_to_string(workspace::root().join(path)) else {
            continue;
        };
        seen += 1;
        faults.extend(faults_of(path, &text));
    }
    for manifest in files()?
        .iter()
        .filter(|path| path.ends_with("Cargo.toml") && path.components().count() > 1)
    {
        let text = fs::read_to_string(workspace::root().join(manifest))?;
        if !text.contains("[lints]") && !text.contains("[workspace]") {
            faults.push(format!(
                "{}: has no [lints] (workspace = true)",
                manifest.display()
            ));
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!("{seen} source files: none over {MOST_LINES} lines, each says what it is for");
    Ok(Tally::ONE)
}

/// Every file that git tracks or would add, relative to the root.
pub(crate) fn files() -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.current_dir(workspace::root()).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    Ok(steps::output(&mut git)?
        .lines()
        .map(PathBuf::from)
        .collect())
}

fn is_source(path: &Path) -> bool {
    let generated = path
        .components()
        .any(|part| part.as_os_str() == "generated");
    !generated
        && path
            .extension()
            .is_some_and(|ending| SOURCE.iter().any(|source| ending == *source))
}

fn faults_of(path: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{}: {what}", path.display()));
    let lines = text.lines().count();
    if lines > MOST_LINES {
        fault(format!(
            "{lines} lines; past {MOST_LINES} a file holds more than one subject"
        ));
    }
    if path
        .file_stem()
        .is_some_and(|name| EMPTY_NAMES.iter().any(|empty| name == *empty))
    {
        fault("a name that says nothing about what is inside".to_owned());
    }
    if path.extension().is_some_and(|ending| ending == "rs") {
        if !text.starts_with("//!") {
            fault("does not begin with a `//!` sentence saying what it is for".to_owned());
        }
        for (number, line) in text.lines().enumerate() {
            let line = line
                .trim_start()
                .trim_start_matches("pub ")
                .trim_start_matches("pub(crate) ");
            let name = line.trim_start_matches("async ").strip_prefix("fn ");
            let ours = |name: &&str| {
                name.starts_with("get_") && !OF_OTHERS.iter().any(|theirs| name.starts_with(theirs))
            };
            if name.is_some_and(|name| ours(&name)) {
                fault(format!(
                    "line {}: a function named get_…; say what it gives",
                    number + 1
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_file_that_says_what_it_is_for_has_no_fault() {
        assert_eq!(
            faults_of(
                Path::new("core/src/queue.rs"),
                "//! The queue.\nfn push() {}\n"
            ),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_rule_names_the_file_that_breaks_it() {
        let long = format!("//! Long.\n{}", "// line\n".repeat(400));
        let broken = [
            ("a.rs", long.as_str()),
            ("b/utils.rs", "//! B.\n"),
            ("c.rs", "fn c() {}\n"),
            ("d.rs", "//! D.\npub fn get_d() {}\n"),
        ];
        for (path, text) in broken {
            let faults = faults_of(Path::new(path), text);
            assert_eq!(faults.len(), 1, "{path}: {faults:?}");
            assert!(faults[0].starts_with(path), "{faults:?}");
        }
    }

    #[test]
    fn generated_code_is_not_source() {
        assert!(!is_source(Path::new(
            "bindings/mobile/generated/eyeline.swift"
        )));
        assert!(is_source(Path::new(
            "bindings/mobile/Sources/Eyeline.swift"
        )));
    }
}
