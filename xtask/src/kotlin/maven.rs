//! Maven and a JDK: installed where missing. What Maven fetches lies in the cache, so that a second checkout fetches nothing.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{tools, workspace};

/// A program, how it is asked whether it is there, and the Debian package that brings it.
const NEEDED: [(&str, &str, &str); 3] = [
    ("mvn", "--version", "maven"),
    ("javac", "-version", "default-jdk-headless"),
    ("javap", "-version", "default-jdk-headless"),
];

/// Installs what is missing with apt; quick where nothing is.
///
/// # Errors
/// Where something is missing and can't be installed, naming it.
pub(super) fn install() -> Result<()> {
    let mut missing: Vec<_> = NEEDED
        .iter()
        .filter(|(program, word, _)| !tools::answers(Command::new(program).arg(word)))
        .map(|(_, _, package)| *package)
        .collect();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    println!("missing for the Kotlin packages: {packages}; installing them with apt-get");
    let words = [&["--no-install-recommends"][..], &missing].concat();
    if tools::apt_install(&words).is_err() {
        bail!(
            "the Kotlin packages need {packages} and apt-get could not install them: as root on Debian or Ubuntu run \
             `apt-get install {packages}`, elsewhere install Maven 3.8 or later and a JDK 17 or later"
        );
    }
    Ok(())
}

/// Maven, in the folder of the Kotlin packages.
pub(super) fn command() -> Result<Command> {
    let mut maven = Command::new("mvn");
    maven
        .current_dir(super::root())
        .args(["--batch-mode", "--no-transfer-progress"])
        .arg(format!(
            "-Dmaven.repo.local={}",
            workspace::cache()?.join("maven").display()
        ));
    Ok(maven)
}
