//! `cargo xtask conformance`: every scenario of `tests/conformance` on every host, and a table of how they did.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::steps::{self, Tally};
use crate::{browsers, kotlin, swift, web, workspace};

/// Plays all of it. With `bless` the transcripts of this run are committed to instead.
///
/// # Errors
/// Where a host can't be built or started.
pub(crate) fn run(bless: bool) -> Result<Tally> {
    let mut table = Table::default();
    let mut tally = Tally::default();
    let words: &[&str] = if bless { &["--bless"] } else { &[] };
    let mut rust = workspace::cargo()?;
    rust.args(["test", "--quiet", "--locked", "--package"]);
    rust.args(["eyeline-conformance", "--test", "scenarios", "--"]);
    tally = tally.plus(steps::tests_told(rust.args(words), |line| {
        table.note(line);
    })?);
    let kotlin = kotlin::java("conformance", "dev.eyeline.conformance.MainKt")?;
    for (host, program) in [("kotlin", kotlin), ("swift", swift::conformance()?)] {
        let mut player = piped(host, &program)?;
        tally = tally.plus(steps::tests_told(&mut player, |line| table.note(line))?);
    }
    browsers::install()?;
    web::run(web::Differences::Say)?;
    let mut node = browsers::node()?;
    node.arg("tests/conformance/main.js").args(words);
    tally = tally.plus(steps::tests_told(&mut node, |line| {
        table.note(line);
    })?);
    table.print()?;
    Ok(tally)
}

/// The player for a binding in another language, whose program makes the calls.
fn piped(host: &str, program: &Command) -> Result<Command> {
    steps::run(workspace::cargo()?.args([
        "build",
        "--quiet",
        "--locked",
        "--package",
        "eyeline-conformance",
        "--bin",
        "conformance",
    ]))?;
    let player = format!("conformance{}", env::consts::EXE_SUFFIX);
    let mut command = Command::new(workspace::binaries()?.join(player));
    command
        .arg(host)
        .arg(program.get_program())
        .args(program.get_args())
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    Ok(command)
}

/// How each scenario went on each host.
#[derive(Default)]
struct Table {
    hosts: Vec<String>,
    cells: BTreeMap<String, BTreeMap<String, bool>>,
}

impl Table {
    /// Reads what every adapter prints, `test conformance::<host>::<scenario> ... ok` or `... FAILED`.
    fn note(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test conformance::") else {
            return;
        };
        let Some((name, verdict)) = rest.split_once(" ... ") else {
            return;
        };
        let Some((host, scenario)) = name.split_once("::") else {
            return;
        };
        if !self.hosts.iter().any(|known| known == host) {
            self.hosts.push(host.to_owned());
        }
        let row = self.cells.entry(scenario.to_owned()).or_default();
        row.insert(host.to_owned(), verdict == "ok");
    }

    fn print(&self) -> Result<()> {
        let differs = differences()?;
        let mut footnotes = BTreeSet::new();
        println!("\n{:<64} {}", "scenario", self.hosts.join("  "));
        for (scenario, row) in &self.cells {
            let own = differs.get(scenario);
            let cells = self.hosts.iter().map(|host| {
                let text = match row.get(host) {
                    None => "–",
                    Some(false) => "DIFFERS",
                    Some(true) if own.is_some() && class_of(host) == "batches" => "green*",
                    Some(true) => "green",
                };
                format!("{text:<width$}", width = host.len())
            });
            println!(
                "{scenario:<64} {}",
                cells.collect::<Vec<_>>().join("  ").trim_end()
            );
            footnotes.extend(own.map(|why| format!("* {scenario}: {why}")));
        }
        println!(
            "\n– the host can't do what the scenario asks: the first script shows, sees and clicks, and sends at leave"
        );
        for footnote in footnotes {
            println!("{footnote}");
        }
        Ok(())
    }
}

/// The class a host belongs to, as tests/conformance/README.md has them.
fn class_of(host: &str) -> &'static str {
    match host {
        "first" => "first",
        host if host.starts_with("wasm-") || host.starts_with("js-") => "batches",
        _ => "events",
    }
}

/// Why a scenario has another transcript on web pages, by its name.
fn differences() -> Result<BTreeMap<String, String>> {
    let folder = workspace::root().join("tests/conformance/scenarios");
    let mut differences = BTreeMap::new();
    for file in fs::read_dir(&folder).context("no scenarios")? {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let scenario: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| format!("{} is not JSON", path.display()))?;
        if let Some(why) = scenario["differs"]["batches"].as_str() {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            differences.insert(name.into_owned(), why.to_owned());
        }
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn what_an_adapter_prints_becomes_a_cell() {
        let mut table = Table::default();
        for line in [
            "running 2 tests",
            "test conformance::rust::a_reset_keeps_the_batch ... ok",
            "test conformance::wasm-node::a_reset_keeps_the_batch ... FAILED",
        ] {
            table.note(line);
        }
        assert_eq!(table.hosts, ["rust", "wasm-node"]);
        let row = &table.cells["a_reset_keeps_the_batch"];
        assert_eq!((row["rust"], row["wasm-node"]), (true, false));
    }
}
