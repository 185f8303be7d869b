//! `cargo xtask jvm-jar`: the package for JVMs, with the library of each host inside, so that an app's tests run on the real engine.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::archive::{self, Entries};
use super::maven::{Artifact, Needed};
use super::{classes, place, sources};
use crate::kotlin;
use crate::mobile::{self, HOSTS};

/// Builds this host's library and the classes, adds the libraries of other hosts that lie in `others` (each in a folder that is
/// named as JNA names the host), and reads the package again.
///
/// # Errors
/// Where something does not build, or the package lacks what it should hold.
pub(crate) fn run(others: Option<&Path>) -> Result<()> {
    let mut libraries = Entries::new();
    if let Some(others) = others {
        libraries.extend(archive::folder(others, |name| {
            HOSTS.iter().any(|host| name == host.resource())
        })?);
    }
    let own = mobile::host_library()?;
    libraries.insert(own.host.resource(), read(&own.path)?);
    kotlin::compile()?;
    let mut entries = classes(&[MODULE])?;
    entries.extend(libraries.clone());
    let (folder, artifact) = (place()?, artifact()?);
    let package = artifact.file(&folder, ".jar")?;
    let hash = archive::write(&package, &entries)?;
    archive::write(
        &artifact.file(&folder, "-sources.jar")?,
        &sources(&[MODULE])?,
    )?;
    artifact.describe(&folder)?;
    let inside = archive::read(File::open(&package).context("cannot read the package")?)?;
    if let Some(fault) = fault(&inside, &libraries) {
        bail!("{}: {fault}", package.display());
    }
    let hosts: Vec<_> = libraries.keys().map(String::as_str).collect();
    println!(
        "{}\nSHA-256 {hash}\nwith {}",
        package.display(),
        hosts.join(", ")
    );
    let missing: Vec<_> = HOSTS
        .iter()
        .map(mobile::Host::resource)
        .filter(|name| !libraries.contains_key(name))
        .collect();
    if !missing.is_empty() {
        println!(
            "without {}: those are built on their own systems, see --with",
            missing.join(", ")
        );
    }
    Ok(())
}

/// What is wrong with a package.
fn fault(inside: &Entries, libraries: &Entries) -> Option<String> {
    for class in [
        "dev/eyeline/Eyeline.class",
        "dev/eyeline/generated/UniffiLib.class",
    ] {
        if !inside.contains_key(class) {
            return Some(format!("there is no {class}"));
        }
    }
    let wrong = libraries
        .iter()
        .find(|(name, content)| inside.get(*name) != Some(content));
    wrong.map(|(name, _)| format!("{name} is not what was built"))
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn artifact() -> Result<Artifact> {
    Ok(Artifact {
        name: "eyeline",
        says: "Measures what people really see: Eyeline for the JVM, and for tests of Android apps",
        packaging: "jar",
        needs: vec![
            Needed::of_build("org.jetbrains.kotlin", "kotlin-stdlib", "kotlin.version")?,
            Needed::of_build(
                "org.jetbrains.kotlinx",
                "kotlinx-coroutines-core-jvm",
                "coroutines.version",
            )?,
            Needed::of_build("net.java.dev.jna", "jna", "jna.version")?,
        ],
    })
}

const MODULE: &str = "eyeline";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_the_one_built_is_named() {
        let entries = |names: &[(&str, &str)]| -> Entries {
            let owned = names.iter();
            owned
                .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
                .collect()
        };
        let classes = [
            ("dev/eyeline/Eyeline.class", ""),
            ("dev/eyeline/generated/UniffiLib.class", ""),
        ];
        let libraries = entries(&[("linux-x86-64/libeyeline_mobile.so", "new")]);
        let mut inside = entries(&classes);
        inside.extend(entries(&[("linux-x86-64/libeyeline_mobile.so", "old")]));
        assert!(fault(&inside, &libraries).is_some_and(|fault| fault.contains("linux-x86-64")));
        inside.extend(libraries.clone());
        assert_eq!(fault(&inside, &libraries), None);
        assert!(fault(&libraries, &libraries).is_some_and(|fault| fault.contains("Eyeline.class")));
    }
}
