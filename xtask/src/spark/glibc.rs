//! What the wheel asks of glibc: nothing newer than what EMR's oldest system has.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::Endianness;
use object::read::elf::ElfFile64;
use zip::ZipArchive;

/// Amazon Linux 2023, which EMR 7 runs on, has glibc 2.34.
pub(super) const NEWEST: u32 = 34;

/// Fails where the library in a wheel asks for a later version than [`NEWEST`].
pub(super) fn hold(wheel: &Path) -> Result<()> {
    let file = File::open(wheel).with_context(|| format!("cannot read {}", wheel.display()))?;
    let mut archive = ZipArchive::new(file)?;
    let mut libraries = 0;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at)?;
        let name = entry.name()?.into_owned();
        if !name.ends_with(".so") {
            continue;
        }
        libraries += 1;
        let mut data = Vec::new();
        entry.read_to_end(&mut data)?;
        let versions = versions(&data).with_context(|| format!("{name} is not a library"))?;
        let newer: Vec<_> = versions
            .iter()
            .filter(|version| minor(version).is_some_and(|minor| minor > NEWEST))
            .collect();
        if !newer.is_empty() {
            bail!("{name} asks for {newer:?}; EMR 7 has glibc 2.{NEWEST}");
        }
        let newest = versions
            .iter()
            .filter_map(|version| minor(version))
            .max()
            .unwrap_or_default();
        println!(
            "{}: {} KB, asks for glibc 2.{newest}",
            wheel.file_name().unwrap_or_default().display(),
            data.len() / 1024
        );
    }
    if libraries != 1 {
        bail!(
            "{} holds {libraries} libraries instead of one",
            wheel.display()
        );
    }
    Ok(())
}

/// The versions that a library's symbols are bound to, such as `GLIBC_2.34`.
fn versions(data: &[u8]) -> Result<BTreeSet<String>> {
    let file = ElfFile64::<Endianness>::parse(data)?;
    let (endian, sections) = (file.endian(), file.elf_section_table());
    let mut found = BTreeSet::new();
    if let Some((mut needs, strings)) = sections.gnu_verneed(endian, data)? {
        let strings = sections.strings(endian, data, strings)?;
        while let Some((_, mut of_library)) = needs.next()? {
            while let Some(version) = of_library.next()? {
                let name = version.name(endian, strings)?;
                found.insert(String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    Ok(found)
}

/// `GLIBC_2.17` → 17; other libraries' versions are none.
fn minor(version: &str) -> Option<u32> {
    version
        .strip_prefix("GLIBC_2.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_glibc_count_and_others_do_not() {
        assert_eq!(minor("GLIBC_2.34"), Some(34));
        assert_eq!(minor("GLIBC_2.2.5"), Some(2));
        assert_eq!(minor("GCC_3.0"), None);
    }
}
