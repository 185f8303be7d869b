//! Java 17, which Spark 3.5 runs on: found, or installed with apt.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Result, bail};

use crate::tools;

/// The home of a Java 17.
///
/// # Errors
/// Where there is none and apt-get can't install one.
pub(super) fn home() -> Result<PathBuf> {
    if let Some(home) = find() {
        return Ok(home);
    }
    println!("Java 17 is missing: installing openjdk-17-jre-headless with apt-get");
    if tools::apt_install(&["--no-install-recommends", PACKAGE]).is_ok()
        && let Some(home) = find()
    {
        return Ok(home);
    }
    bail!(
        "Spark 3.5 needs Java 17 and apt-get could not install it: install your system's package `{PACKAGE}`, or name a Java 17 with JAVA_HOME"
    )
}

const PACKAGE: &str = "openjdk-17-jre-headless";

/// What JAVA_HOME names, else where Debian puts it.
fn find() -> Option<PathBuf> {
    let named = env::var_os("JAVA_HOME").map(PathBuf::from);
    let installed = fs::read_dir("/usr/lib/jvm").into_iter().flatten();
    let mut installed: Vec<PathBuf> = installed.flatten().map(|entry| entry.path()).collect();
    installed.sort();
    named
        .into_iter()
        .chain(installed)
        .find(|home| is_17(&home.join("bin/java")))
}

fn is_17(java: &Path) -> bool {
    let said = Command::new(java).arg("-version").output();
    said.is_ok_and(|said| String::from_utf8_lossy(&said.stderr).contains("version \"17."))
}
