//! One file of the journal: its name, how it is created and appended to, and how its records are read back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eyeline_core::Writes;

use super::error::OpenError;
use super::frame::{FORMAT_VERSION, Frames, MAX_PAYLOAD_BYTES, segment_header};
use super::host;

/// A segment is closed at this size. Ours: small enough that dropping dead ones keeps the disk use close to what is
/// alive, large enough that creating files stays rare.
pub(super) const SEGMENT_BYTES: u64 = 1024 * 1024;

/// The path of a segment. Twenty digits hold any `u64`, so names sort as numbers do.
pub(super) fn path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("{number:020}.{EXTENSION}"))
}

/// The numbers of the segments in `directory`, ascending. Other files are not ours and not touched.
pub(super) fn list(directory: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| {
            name.strip_suffix(EXTENSION)?
                .strip_suffix('.')?
                .parse()
                .ok()
        });
        numbers.extend(number.filter(|number| path(directory, *number).file_name() == Some(&name)));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// What was found in a segment.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Whole records, oldest first.
    pub(super) records: Vec<Writes>,
    /// The file's length.
    pub(super) bytes: u64,
    /// Bytes that belonged to none.
    pub(super) skipped: u64,
}

/// Reads a segment. Damage never fails it: whatever is whole is returned.
pub(super) fn read(directory: &Path, number: u64) -> Result<Contents, OpenError> {
    let mut bytes = Vec::new();
    match File::open(path(directory, number))
        .and_then(|file| file.take(READ_BYTES).read_to_end(&mut bytes))
    {
        // Dropped by the last act of an owner that is gone: it was dead.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::default()),
        result => result.map_err(OpenError::io("read a segment of", directory))?,
    };
    parse(&bytes).map_err(|found| OpenError::NewerFormat {
        directory: directory.to_path_buf(),
        found,
    })
}

/// The whole records of a segment's bytes, or the version number of a format not known here.
pub(super) fn parse(bytes: &[u8]) -> Result<Contents, u8> {
    let (mut frames, damage) = match bytes.split_first_chunk() {
        Some((header, frames)) if *header == segment_header(FORMAT_VERSION) => {
            (Frames::new(frames), 0)
        }
        Some((header, _)) if header[7] > FORMAT_VERSION && *header == segment_header(header[7]) => {
            return Err(header[7]);
        }
        // The header is damaged; the frames after it, if any, speak for themselves.
        _ => (Frames::new(bytes), u64::from(!bytes.is_empty())),
    };
    let mut contents = Contents {
        bytes: bytes.len() as u64,
        ..Contents::default()
    };
    for payload in frames.by_ref() {
        match Writes::decode(payload) {
            Ok(writes) => contents.records.push(writes),
            Err(_) => contents.skipped += payload.len() as u64,
        }
    }
    contents.skipped += frames.skipped() + damage;
    Ok(contents)
}

/// The segment that is being appended to.
#[derive(Debug)]
pub(super) struct Active {
    /// Its number.
    pub(super) number: u64,
    /// Its length in bytes: all whole records.
    pub(super) bytes: u64,
    /// The open file, shared with the thread that syncs it.
    pub(super) file: Arc<File>,
}

impl Active {
    /// Creates a segment, still empty: its header goes out together with the first record.
    pub(super) fn create(directory: &Path, number: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        let file = host::private(&mut options).open(path(directory, number))?;
        Ok(Active {
            number,
            bytes: 0,
            file: Arc::new(file),
        })
    }

    /// Goes on with a segment whose every byte was read as whole records.
    pub(super) fn reopen(directory: &Path, number: u64, bytes: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .append(true)
            .open(path(directory, number))?;
        Ok(Active {
            number,
            bytes,
            file: Arc::new(file),
        })
    }

    /// Appends `bytes` in one write, or takes back what part of them was written.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let result = (&*self.file).write_all(bytes);
        match result {
            Ok(()) => self.bytes += bytes.len() as u64,
            // Should this fail too, the reader skips the torn record as it would after a crash.
            Err(_) => drop(self.file.set_len(self.bytes)),
        }
        result
    }
}

const EXTENSION: &str = "journal";

/// No segment is longer than this: the largest frame has one to itself.
const READ_BYTES: u64 = SEGMENT_BYTES + MAX_PAYLOAD_BYTES as u64 + 64;
