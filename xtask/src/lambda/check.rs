//! What must hold of the function's program before it is handed to Lambda.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::read::elf::{Dyn, ElfFile64, FileHeader};
use object::{Architecture, Endianness, Object, elf};
use zip::ZipArchive;

use super::{GLIBC, PROGRAM};
use crate::workspace;

/// What the program asks of the system it runs on.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    arm64: bool,
    libraries: BTreeSet<String>,
    /// Of the C library's symbols, such as `GLIBC_2.34`.
    versions: BTreeSet<String>,
}

/// Libraries that every Amazon Linux 2023 has.
const SYSTEM: [&str; 8] = [
    "ld-linux-aarch64.so.1",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libutil.so.1",
];

/// Holds the program's bytes against what Lambda has, and looks for what does not belong into it.
pub(super) fn hold(content: &[u8]) -> Result<()> {
    let mut faults = faults(&asked(content)?);
    let here = workspace::root().to_string_lossy();
    if content
        .windows(here.len())
        .any(|bytes| bytes == here.as_bytes())
    {
        faults.push("it holds a path of this machine".to_owned());
    }
    if !faults.is_empty() {
        bail!("the function for Lambda:\n  {}", faults.join("\n  "));
    }
    Ok(())
}

/// The program in a zip.
///
/// # Errors
/// Where the zip holds something else, or a file that Lambda could not start.
pub(super) fn program_of(zip: &Path) -> Result<Vec<u8>> {
    let file = File::open(zip).with_context(|| format!("cannot read {}", zip.display()))?;
    let mut archive = ZipArchive::new(file)?;
    if archive.len() != 1 {
        bail!("{} holds {} files", zip.display(), archive.len());
    }
    let mut program = archive
        .by_name(PROGRAM)
        .with_context(|| format!("{} holds no {PROGRAM}", zip.display()))?;
    let mode = program.unix_mode().unwrap_or_default();
    if mode & 0o111 != 0o111 {
        bail!("{PROGRAM} has mode {mode:o} in the zip, and Lambda could not start it");
    }
    let mut content = Vec::new();
    program.read_to_end(&mut content)?;
    Ok(content)
}

fn asked(content: &[u8]) -> Result<Asked> {
    let file = ElfFile64::<Endianness>::parse(content).context("it is no program for Linux")?;
    let (endian, data) = (file.endian(), file.data());
    let mut asked = Asked {
        arm64: file.architecture() == Architecture::Aarch64,
        ..Asked::default()
    };
    let sections = file.elf_header().sections(endian, data)?;
    if let Some((entries, strings)) = sections.dynamic(endian, data)? {
        let strings = sections.strings(endian, data, strings)?;
        let needed = entries
            .iter()
            .filter(|entry| entry.tag(endian) == elf::DT_NEEDED);
        for entry in needed {
            asked.libraries.insert(text(entry.string(endian, strings)?));
        }
    }
    if let Some((mut libraries, strings)) = sections.gnu_verneed(endian, data)? {
        let strings = sections.strings(endian, data, strings)?;
        while let Some((_, mut versions)) = libraries.next()? {
            while let Some(version) = versions.next()? {
                asked.versions.insert(text(version.name(endian, strings)?));
            }
        }
    }
    Ok(asked)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn faults(asked: &Asked) -> Vec<String> {
    let mut faults = Vec::new();
    if !asked.arm64 {
        faults.push("it is not for arm64".to_owned());
    }
    let strange = asked
        .libraries
        .iter()
        .filter(|name| !SYSTEM.contains(&name.as_str()));
    faults.extend(strange.map(|name| format!("it asks for {name}, which Lambda has not")));
    let newer = asked
        .versions
        .iter()
        .filter(|name| glibc(name).is_some_and(|version| version > GLIBC));
    faults.extend(newer.map(|name| {
        format!(
            "it asks for {name}; Amazon Linux 2023 has {}.{}",
            GLIBC.0, GLIBC.1
        )
    }));
    faults
}

fn glibc(name: &str) -> Option<(u32, u32)> {
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Asked {
        Asked {
            arm64: true,
            libraries: ["libc.so.6".to_owned()].into(),
            versions: ["GLIBC_2.34".to_owned(), "GCC_3.0".to_owned()].into(),
        }
    }

    #[test]
    fn what_amazon_linux_has_may_be_asked_for() {
        assert_eq!(faults(&sound()), Vec::<String>::new());
    }

    #[test]
    fn what_lambda_has_not_is_named() {
        let asked = Asked {
            arm64: false,
            libraries: ["libssl.so.3".to_owned()].into(),
            versions: ["GLIBC_2.39".to_owned()].into(),
        };
        let faults = faults(&asked);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[1].contains("libssl.so.3"), "{faults:?}");
        assert!(faults[2].contains("GLIBC_2.39"), "{faults:?}");
    }

    #[test]
    fn this_very_program_is_read() {
        let content = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if let Ok(asked) = asked(&content) {
            assert_eq!(asked.arm64, cfg!(target_arch = "aarch64"));
            assert!(asked.libraries.contains("libc.so.6"), "{asked:?}");
            assert!(!asked.versions.is_empty());
        }
    }
}
