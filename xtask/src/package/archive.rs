//! Archives that are the same to the byte whenever they hold the same: sorted names, one date, one compression.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// What lies in an archive, by its name there.
pub(crate) type Entries = BTreeMap<String, Vec<u8>>;

/// Writes an archive and, beside it, its SHA-256 as Maven's repositories have it. Gives that.
pub(super) fn write(path: &Path, entries: &Entries) -> Result<String> {
    write_as(path, entries, 0o644)
}

/// The same for programs: who unpacks it may start them.
pub(crate) fn write_programs(path: &Path, entries: &Entries) -> Result<String> {
    write_as(path, entries, 0o755)
}

fn write_as(path: &Path, entries: &Entries, mode: u32) -> Result<String> {
    let cannot = || format!("cannot write {}", path.display());
    let mut archive = ZipWriter::new(File::create(path).with_context(cannot)?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(mode);
    for (name, content) in entries {
        archive.start_file(name, options).with_context(cannot)?;
        archive.write_all(content).with_context(cannot)?;
    }
    archive.finish().with_context(cannot)?;
    checksum(path)
}

/// Writes the SHA-256 of a file beside it, and gives it.
pub(crate) fn checksum(path: &Path) -> Result<String> {
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let hash: String = Sha256::digest(&content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sha256");
    fs::write(&beside, &hash).context("cannot write a checksum")?;
    Ok(hash)
}

/// Everything that lies in an archive.
pub(super) fn read(content: impl Read + std::io::Seek) -> Result<Entries> {
    let mut archive = ZipArchive::new(content).context("this is no archive")?;
    let mut entries = Entries::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        entries.insert(file.name()?.into_owned(), content);
    }
    Ok(entries)
}

/// The files below a folder, by their path from there; those alone that `wanted` takes.
pub(super) fn folder(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Entries> {
    let mut entries = Entries::new();
    let mut rest = vec![folder.to_owned()];
    while let Some(next) = rest.pop() {
        let cannot = || format!("cannot read {}", next.display());
        for entry in fs::read_dir(&next).with_context(cannot)? {
            let path = entry?.path();
            if path.is_dir() {
                rest.push(path);
                continue;
            }
            let inside = path
                .strip_prefix(folder)
                .context("a file lies below its folder")?;
            let name = inside.to_string_lossy().replace('\\', "/");
            if wanted(&name) {
                entries.insert(name, fs::read(&path).with_context(cannot)?);
            }
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_make_the_same_archive_and_come_out_again() {
        let entries: Entries = [("b/two", "2".repeat(500)), ("a", "1".to_owned())]
            .map(|(name, content)| (name.to_owned(), content.into_bytes()))
            .into();
        let folder = std::env::temp_dir().join(format!("eyeline-archive-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (one, two) = (folder.join("one.zip"), folder.join("two.zip"));
        assert_eq!(
            write(&one, &entries).unwrap(),
            write(&two, &entries).unwrap()
        );
        assert_eq!(read(File::open(&one).unwrap()).unwrap(), entries);
        fs::remove_dir_all(&folder).unwrap();
    }
}
