//! Maven and a JDK: installed where missing. What Maven fetches lies in the cache, so that a second checkout fetches nothing.

use std::process::Command;
use std::sync::OnceLock;

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

/// Maven, in the folder of the Kotlin packages, with the Android module where it can be built.
pub(super) fn command() -> Result<Command> {
    let mut maven = plain()?;
    if has_androidx()? {
        maven.arg("-Pandroid");
    }
    Ok(maven)
}

/// Whether Maven's repositories serve androidx, which the Android module compiles against and Maven Central does not have. Asked once
/// in a run, and never again where it is in the cache.
///
/// # Errors
/// Where there is no cache.
pub(super) fn has_androidx() -> Result<bool> {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    if let Some(known) = KNOWN.get() {
        return Ok(*known);
    }
    let fetched = workspace::cache()?
        .join("maven/androidx/recyclerview/recyclerview/1.3.2/recyclerview-1.3.2.aar");
    let mut get = plain()?;
    get.args([
        "--quiet",
        "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get",
    ]);
    get.args([
        "-Dartifact=androidx.recyclerview:recyclerview:1.3.2:aar",
        "-Dtransitive=false",
    ]);
    let has = fetched.is_file() || tools::answers(&mut get);
    if !has {
        println!(
            "LEFT OUT: the Android module and its tests. None of Maven's repositories serves androidx; name Google's Maven repository in your settings.xml"
        );
    }
    Ok(*KNOWN.get_or_init(|| has))
}

fn plain() -> Result<Command> {
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
