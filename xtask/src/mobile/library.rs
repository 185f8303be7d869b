//! A linked library as the loader of its system sees it: what it exports, what it asks for, how its parts lie in memory.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use object::read::archive::ArchiveFile;
use object::read::elf::{Dyn, ElfFile, FileHeader, ProgramHeader};
use object::read::macho::{FatArch, MachOFatFile32};
use object::{Architecture, Endianness, FileKind, Object, ObjectSymbol, elf};

/// What stands in its tables.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) bytes: u64,
    pub(crate) exports: BTreeSet<String>,
    pub(crate) imports: BTreeSet<String>,
    /// Libraries it asks for by name. Not read of Apple's.
    pub(crate) needed: BTreeSet<String>,
    /// The smallest alignment of what is loaded; 0 where that is not read.
    pub(crate) page_bytes: u64,
    /// The processor, as the `object` crate calls it.
    pub(crate) architecture: String,
}

impl Library {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let data = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&data).with_context(|| format!("{} is not a library", path.display()))
    }

    /// Reads its bytes.
    pub(crate) fn parse(data: &[u8]) -> Result<Self> {
        let file = object::File::parse(data)?;
        let mut library = Library {
            bytes: data.len() as u64,
            architecture: format!("{:?}", file.architecture()),
            ..Library::default()
        };
        match FileKind::parse(data)? {
            FileKind::Elf32 => {
                library.read_elf(&ElfFile::<elf::FileHeader32<Endianness>>::parse(data)?)?;
            }
            FileKind::Elf64 => {
                library.read_elf(&ElfFile::<elf::FileHeader64<Endianness>>::parse(data)?)?;
            }
            _ => {
                for symbol in file.symbols().filter(ObjectSymbol::is_global) {
                    let name = symbol.name()?.to_owned();
                    if symbol.is_undefined() {
                        library.imports.insert(name);
                    } else {
                        library.exports.insert(name);
                    }
                }
            }
        }
        Ok(library)
    }

    fn read_elf<H: FileHeader<Endian = Endianness>>(
        &mut self,
        file: &ElfFile<'_, H>,
    ) -> Result<()> {
        for symbol in file.dynamic_symbols() {
            let name = symbol.name()?.to_owned();
            if symbol.is_undefined() {
                self.imports.insert(name);
            } else if symbol.is_global() {
                self.exports.insert(name);
            }
        }
        let (endian, data) = (file.endian(), file.data());
        let loaded = |header: &&H::ProgramHeader| header.p_type(endian) == elf::PT_LOAD;
        let headers = file.elf_program_headers();
        let alignments = headers
            .iter()
            .filter(loaded)
            .map(|header| header.p_align(endian).into());
        self.page_bytes = alignments.min().unwrap_or_default();
        let sections = file.elf_section_table();
        if let Some((entries, strings)) = sections.dynamic(endian, data)? {
            let strings = sections.strings(endian, data, strings)?;
            for entry in entries
                .iter()
                .filter(|entry| entry.tag(endian) == elf::DT_NEEDED)
            {
                let name = entry.string(endian, strings)?;
                self.needed
                    .insert(String::from_utf8_lossy(name).into_owned());
            }
        }
        Ok(())
    }
}

/// What a static library of Apple's platforms defines for others, by processor as Apple names it.
pub(crate) fn static_symbols(data: &[u8]) -> Result<Vec<(String, BTreeSet<String>)>> {
    let mut parts = Vec::new();
    if matches!(FileKind::parse(data), Ok(FileKind::MachOFat32)) {
        for part in MachOFatFile32::parse(data)?.arches() {
            parts.push(part.data(data)?);
        }
    } else {
        parts.push(data);
    }
    parts.into_iter().map(of_archive).collect()
}

fn of_archive(data: &[u8]) -> Result<(String, BTreeSet<String>)> {
    let (mut arch, mut symbols) = (String::new(), BTreeSet::new());
    for member in ArchiveFile::parse(data)?.members() {
        let object = object::File::parse(member?.data(data)?)?;
        arch = match object.architecture() {
            Architecture::Aarch64 => "arm64".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        let defined = object
            .symbols()
            .filter(|symbol| symbol.is_global() && !symbol.is_undefined());
        for symbol in defined {
            symbols.insert(symbol.name()?.to_owned());
        }
    }
    Ok((arch, symbols))
}
