//! `cargo xtask xcframework`: the library for Apple's platforms, where `Package.swift` looks for it, and as the archive that SwiftPM downloads.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{VERSION, archive, place};
use crate::mobile::{self, Builder, System, TARGETS, Target, static_symbols};
use crate::{steps, swift, tools, workspace};

/// One folder of the framework: a library for one kind of device, of one processor or several joined.
struct Slice {
    folder: &'static str,
    variant: Option<&'static str>,
    targets: &'static [&'static str],
}

const SLICES: [Slice; 2] = [
    Slice {
        folder: "ios-arm64",
        variant: None,
        targets: &["ios-arm64"],
    },
    Slice {
        folder: "ios-arm64_x86_64-simulator",
        variant: Some("simulator"),
        targets: &["ios-arm64-simulator", "ios-x86_64-simulator"],
    },
];

/// Builds every slice, puts them together, and reads the whole again.
///
/// # Errors
/// Where something does not build, or the framework lacks what Swift calls.
pub(crate) fn run() -> Result<()> {
    let builder = Builder::new(None)?;
    let generated = swift::generated()?;
    let framework = workspace::root().join("bindings/mobile/swift").join(NAME);
    if framework.exists() {
        fs::remove_dir_all(&framework).context("cannot clear the framework that was there")?;
    }
    for slice in &SLICES {
        let folder = framework.join(slice.folder);
        let headers = folder.join("Headers/EyelineFFI");
        fs::create_dir_all(&headers)
            .with_context(|| format!("cannot make {}", headers.display()))?;
        copy(&generated.join(HEADER), &headers.join(HEADER))?;
        copy(
            &generated.join("EyelineFFI.modulemap"),
            &headers.join("module.modulemap"),
        )?;
        let mut libraries = Vec::new();
        for target in targets(slice) {
            libraries.push(builder.build(target)?.join(target.file()));
        }
        join(&libraries, &folder.join(LIBRARY))?;
    }
    let list = framework.join("Info.plist");
    fs::write(&list, property_list()?)
        .with_context(|| format!("cannot write {}", list.display()))?;
    check(&framework)?;
    let entries = archive::folder(&framework, |_| true)?
        .into_iter()
        .map(|(name, content)| (format!("{NAME}/{name}"), content))
        .collect();
    let package = place()?.join(format!("EyelineFFI-{VERSION}.xcframework.zip"));
    let hash = archive::write(&package, &entries)?;
    println!("{}\n{}", framework.display(), package.display());
    println!("checksum for SwiftPM's binaryTarget: {hash}");
    Ok(())
}

fn targets(slice: &Slice) -> impl Iterator<Item = &'static Target> {
    let named = slice.targets.iter();
    named.filter_map(|name| TARGETS.iter().find(|target| target.name == *name))
}

/// One library of several processors.
fn join(libraries: &[PathBuf], into: &Path) -> Result<()> {
    if let [one] = libraries {
        return copy(one, into);
    }
    let mut lipo = Command::new(lipo()?);
    lipo.arg("-create").args(libraries);
    steps::run(lipo.arg("-output").arg(into))
}

fn lipo() -> Result<PathBuf> {
    let found = || tools::on_path(&["llvm-lipo", "llvm-lipo-22", "llvm-lipo-19", "lipo"]);
    if let Some(lipo) = found() {
        return Ok(lipo);
    }
    println!("llvm-lipo is missing: installing llvm-19 with apt-get");
    tools::apt_install(&["--no-install-recommends", "llvm-19"])
        .ok()
        .and_then(|()| found())
        .context("llvm-lipo is missing and apt-get could not install it: install your system's package `llvm`")
}

/// Reads the framework again: each slice holds every function of the header, for every processor it names.
fn check(framework: &Path) -> Result<()> {
    let mut faults = Vec::new();
    for slice in &SLICES {
        let folder = framework.join(slice.folder);
        let header = folder.join("Headers/EyelineFFI").join(HEADER);
        let header = fs::read_to_string(&header)
            .with_context(|| format!("cannot read {}", header.display()))?;
        let wanted = functions(&header);
        if wanted.is_empty() {
            bail!("{HEADER} declares nothing");
        }
        let library = folder.join(LIBRARY);
        let data =
            fs::read(&library).with_context(|| format!("cannot read {}", library.display()))?;
        let parts = static_symbols(&data)?;
        let has: BTreeSet<&str> = parts.iter().map(|(arch, _)| arch.as_str()).collect();
        let needs: BTreeSet<&str> = targets(slice).map(arch).collect();
        if has != needs {
            faults.push(format!(
                "{} is for {has:?}, not for {needs:?}",
                slice.folder
            ));
        }
        for (arch, symbols) in &parts {
            let missing = wanted
                .iter()
                .filter(|name| !symbols.contains(&format!("_{name}")));
            faults.extend(missing.map(|name| format!("{} for {arch} has no {name}", slice.folder)));
        }
    }
    if !faults.is_empty() {
        bail!("{}:\n  {}", framework.display(), faults.join("\n  "));
    }
    Ok(())
}

/// The functions that a header declares.
fn functions(header: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for prefix in [mobile::PREFIXES[0], mobile::PREFIXES[1]] {
        for (at, _) in header.match_indices(prefix) {
            let rest = &header[at..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            let begins = header[..at].ends_with(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            if begins && after.starts_with('(') {
                found.insert(name);
            }
        }
    }
    found
}

fn arch(target: &Target) -> &'static str {
    match target.system {
        System::Apple { arch, .. } => arch,
        System::Linux { .. } | System::Android { .. } => "",
    }
}

/// Info.plist as `xcodebuild -create-xcframework` writes it.
fn property_list() -> Result<String> {
    let mut libraries = String::new();
    for slice in &SLICES {
        let architectures: String = targets(slice)
            .map(|target| format!("<string>{}</string>", arch(target)))
            .collect();
        let variant = slice.variant.map_or(String::new(), |variant| {
            format!("\n\t\t\t<key>SupportedPlatformVariant</key>\n\t\t\t<string>{variant}</string>")
        });
        write!(
            libraries,
            "\n\t\t<dict>\n\t\t\t<key>BinaryPath</key>\n\t\t\t<string>{LIBRARY}</string>\n\t\t\t<key>HeadersPath</key>\n\t\t\t<string>Headers</string>\
             \n\t\t\t<key>LibraryIdentifier</key>\n\t\t\t<string>{}</string>\n\t\t\t<key>LibraryPath</key>\n\t\t\t<string>{LIBRARY}</string>\
             \n\t\t\t<key>SupportedArchitectures</key>\n\t\t\t<array>{architectures}</array>\n\t\t\t<key>SupportedPlatform</key>\n\t\t\t<string>ios</string>{variant}\n\t\t</dict>",
            slice.folder
        )?;
    }
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\t<key>AvailableLibraries</key>\n\t<array>{libraries}\n\t</array>\n\t<key>CFBundlePackageType</key>\n\t<string>XFWK</string>\n\
         \t<key>XCFrameworkFormatVersion</key>\n\t<string>1.0</string>\n</dict>\n</plist>\n"
    ))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(())
}

/// As `Package.swift` names it.
const NAME: &str = "EyelineFFI.xcframework";
const HEADER: &str = "EyelineFFI.h";
const LIBRARY: &str = "libeyeline_mobile.a";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_function_is_asked_for() {
        let header = "typedef void (*uniffi_eyeline_mobile_callback)(int);\nuint64_t uniffi_eyeline_mobile_fn_a(void);\n\
                      #ifndef UNIFFI_FFIDEF_ffi_eyeline_mobile_x\nvoid ffi_eyeline_mobile_b(int32_t a\n);\n";
        assert_eq!(
            functions(header),
            BTreeSet::from(["ffi_eyeline_mobile_b", "uniffi_eyeline_mobile_fn_a"])
        );
    }

    #[test]
    fn each_slice_names_its_processors() {
        let list = property_list().unwrap();
        assert!(
            list.contains("<array><string>arm64</string></array>"),
            "{list}"
        );
        assert!(
            list.contains("<array><string>arm64</string><string>x86_64</string></array>"),
            "{list}"
        );
        assert!(list.contains("<string>simulator</string>"), "{list}");
    }
}
