//! `cargo xtask deploy`: the templates of backend/deploy checked by their rules, by a security scan, and by use.

mod catalog;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::steps::{self, Tally};
use crate::{tools, workspace};

/// What to do where the catalogue's tables are not those of the SQL files.
#[derive(Clone, Copy)]
pub(crate) enum Catalog {
    /// Fail.
    Check,
    /// Write them.
    Bless,
}

/// Checks everything. Nothing leaves this machine.
pub(crate) fn run(catalog: Catalog) -> Result<Tally> {
    tables(catalog)?;
    let tests = tools::python("deploy", "backend/deploy/requirements.txt")?;
    let scan = tools::python("scan", "backend/deploy/scan/requirements.txt")?;
    let mut rules = Command::new(tests.join("cfn-lint"));
    rules
        .current_dir(folder())
        .args(["--non-zero-exit-code", "informational"]);
    steps::run(rules.args(["template/**/*.yaml"]))?;
    println!("cfn-lint has nothing to say");
    let mut scanning = Command::new(scan.join("python"));
    steps::run(scanning.current_dir(folder()).arg("scan/scan.py"))?;
    let mut used = Command::new(tests.join("python"));
    used.current_dir(folder())
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(tools::EYELINE, tools::eyeline()?)
        .env(tools::BOOTSTRAP, tools::bootstrap()?);
    // One check each: the tables, the rules, the scan.
    let three = Tally {
        passed: 3,
        failed: 0,
    };
    Ok(steps::tests(&mut used)?.plus(three))
}

/// The catalogue's tables, as the SQL files have them.
fn tables(catalog: Catalog) -> Result<()> {
    let path = folder().join("template/generated/catalog.yaml");
    let text = catalog::template(&workspace::root().join("backend/sql/ddl"))?;
    match catalog {
        Catalog::Bless => {
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        }
        Catalog::Check if fs::read_to_string(&path).is_ok_and(|committed| committed == text) => {
            Ok(())
        }
        Catalog::Check => bail!(
            "{} is not what backend/sql/ddl says: `cargo xtask deploy --bless` writes it",
            path.display()
        ),
    }
}

fn folder() -> PathBuf {
    workspace::root().join("backend/deploy")
}
