//! `cargo xtask aar`: the Android package, as Gradle takes it from a Maven repository.

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::archive::{self, Entries};
use super::maven::{Artifact, Needed};
use super::{classes, place, sources};
use crate::kotlin;
use crate::mobile::{self, Builder, Library, System, TARGETS, Target, Unwinder};

/// Builds the four ABIs and the classes, puts them together, and reads the package again.
///
/// # Errors
/// Where something does not build, or the package lacks what an app needs of it.
pub(crate) fn run(ndk: Option<PathBuf>) -> Result<()> {
    let builder = Builder::new(ndk)?;
    let mut entries = Entries::from([
        ("AndroidManifest.xml".to_owned(), MANIFEST.into()),
        ("R.txt".to_owned(), Vec::new()),
        ("proguard.txt".to_owned(), RULES.into()),
    ]);
    for (target, abi) in abis() {
        let library = builder.build(target)?.join(target.file());
        let content = std::fs::read(&library)
            .with_context(|| format!("cannot read {}", library.display()))?;
        entries.insert(format!("jni/{abi}/{}", target.file()), content);
    }
    kotlin::compile()?;
    let folder = place()?;
    let inner = folder.join("classes.jar");
    archive::write(&inner, &classes(&MODULES)?)?;
    entries.insert(
        "classes.jar".to_owned(),
        std::fs::read(&inner).context("cannot read classes.jar")?,
    );
    for scrap in [inner.clone(), inner.with_extension("jar.sha256")] {
        std::fs::remove_file(scrap).context("cannot clear classes.jar")?;
    }
    let artifact = artifact()?;
    // Under its own name stands only what a device can load.
    let ending = match builder.unwinder() {
        Unwinder::LinkedIn => ".aar",
        Unwinder::Missing => "-without-unwinder.aar",
    };
    let package = artifact.file(&folder, ending)?;
    let hash = archive::write(&package, &entries)?;
    archive::write(
        &artifact.file(&folder, "-sources.jar")?,
        &sources(&MODULES)?,
    )?;
    artifact.describe(&folder)?;
    check(&package, builder.unwinder())?;
    println!("{}\nSHA-256 {hash}", package.display());
    if builder.unwinder() == Unwinder::Missing {
        println!(
            "not for devices: Android has no library that unwinds, and only the NDK's linker adds it; pass --ndk with the NDK's folder"
        );
    }
    Ok(())
}

/// Reads a package again.
fn check(package: &Path, unwinder: Unwinder) -> Result<()> {
    let file = File::open(package).with_context(|| format!("cannot read {}", package.display()))?;
    let entries = archive::read(file)?;
    let faults = faults(&entries, unwinder)?;
    if !faults.is_empty() {
        bail!("{}:\n  {}", package.display(), faults.join("\n  "));
    }
    Ok(())
}

fn faults(entries: &Entries, unwinder: Unwinder) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for name in [
        "AndroidManifest.xml",
        "R.txt",
        "proguard.txt",
        "classes.jar",
    ] {
        if !entries.contains_key(name) {
            faults.push(format!("there is no {name}"));
        }
    }
    let manifest = entries
        .get("AndroidManifest.xml")
        .map(|text| String::from_utf8_lossy(text));
    if !manifest.is_some_and(|text| text.contains("android:minSdkVersion=\"23\"")) {
        faults.push("the manifest names no oldest version".to_owned());
    }
    for (target, abi) in abis() {
        match entries.get(&format!("jni/{abi}/{}", target.file())) {
            None => faults.push(format!("there is no library for {abi}")),
            Some(content) => {
                let library = Library::parse(content)?;
                if let Err(fault) = mobile::check(target, &library, unwinder) {
                    faults.push(fault.to_string());
                }
                if library.architecture != architecture(abi) {
                    faults.push(format!("jni/{abi} is for {}", library.architecture));
                }
            }
        }
    }
    if let Some(content) = entries.get("classes.jar") {
        let classes = archive::read(Cursor::new(content))?;
        for class in CLASSES {
            if !classes.contains_key(class) {
                faults.push(format!("classes.jar has no {class}"));
            }
        }
        let ours =
            |name: &&String| name.starts_with("dev/eyeline/") || name.starts_with("META-INF/");
        if let Some(stray) = classes.keys().find(|name| !ours(name)) {
            faults.push(format!("classes.jar holds {stray}, which is not ours"));
        }
        let rules = entries.get("proguard.txt").map_or(&[][..], Vec::as_slice);
        for kept in kept(&String::from_utf8_lossy(rules)) {
            if !classes.keys().any(|name| name.starts_with(&kept)) {
                faults.push(format!("proguard.txt keeps {kept}, which is not there"));
            }
        }
    }
    Ok(faults)
}

/// What of ours the rules keep, each as the beginning of a file's name.
fn kept(rules: &str) -> Vec<String> {
    let named = rules
        .lines()
        .filter_map(|line| line.strip_prefix("-keep class dev.eyeline."));
    named
        .filter_map(|rest| rest.split_once(' '))
        .map(|(name, _)| match name.strip_suffix("**") {
            Some(package) => format!("dev/eyeline/{}", package.replace('.', "/")),
            None => format!("dev/eyeline/{}.class", name.replace('.', "/")),
        })
        .collect()
}

fn abis() -> impl Iterator<Item = (&'static Target, &'static str)> {
    TARGETS.iter().filter_map(|target| match target.system {
        System::Android { abi, .. } => Some((target, abi)),
        _ => None,
    })
}

fn architecture(abi: &str) -> &'static str {
    match abi {
        "arm64-v8a" => "Aarch64",
        "armeabi-v7a" => "Arm",
        "x86_64" => "X86_64",
        _ => "I386",
    }
}

fn artifact() -> Result<Artifact> {
    Ok(Artifact {
        name: "eyeline-android",
        says: "Measures what people really see: Eyeline for Android",
        packaging: "aar",
        needs: vec![
            Needed::of_build("org.jetbrains.kotlin", "kotlin-stdlib", "kotlin.version")?,
            Needed::of_build(
                "org.jetbrains.kotlinx",
                "kotlinx-coroutines-core-jvm",
                "coroutines.version",
            )?,
            // The AAR has JNA's own libraries for Android; the jar has those of desktops.
            Needed::of_build("net.java.dev.jna", "jna", "jna.version")?.packaged("aar"),
        ],
    })
}

/// The Maven modules whose classes are in the package.
const MODULES: [&str; 2] = ["eyeline", "eyeline-android"];

/// Without each of these no app could use it.
const CLASSES: [&str; 6] = [
    "dev/eyeline/Eyeline.class",
    "dev/eyeline/android/EyelineApp.class",
    "dev/eyeline/android/androidx/RecyclerViews.class",
    "dev/eyeline/android/compose/MeasuredModifiers.class",
    "dev/eyeline/android/work/FlushWork.class",
    "dev/eyeline/generated/UniffiLib.class",
];

const MANIFEST: &str = include_str!("../../../bindings/mobile/android/AndroidManifest.xml");
const RULES: &str = include_str!("../../../bindings/mobile/android/proguard.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_name_what_they_keep() {
        assert_eq!(
            kept(RULES),
            [
                "dev/eyeline/generated/",
                "dev/eyeline/android/work/FlushByWorkManager.class",
                "dev/eyeline/android/work/FlushWork.class",
            ]
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let entries = Entries::from([("R.txt".to_owned(), Vec::new())]);
        let faults = faults(&entries, Unwinder::Missing).unwrap();
        assert_eq!(
            faults,
            [
                "there is no AndroidManifest.xml",
                "there is no proguard.txt",
                "there is no classes.jar",
                "the manifest names no oldest version",
                "there is no library for arm64-v8a",
                "there is no library for armeabi-v7a",
                "there is no library for x86_64",
                "there is no library for x86",
            ]
        );
    }
}
