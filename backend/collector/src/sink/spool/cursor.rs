//! How far a spool was drained, as it stands on the disk.
//!
//! Written without fsync: a killed process keeps it, and after a power loss some lines are drained twice, which the
//! loader takes out.
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::frame;

/// A place in the backlog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) segment: u64,
    /// Bytes of that segment already drained.
    pub(super) drained: u64,
}

pub(super) fn write(folder: &Path, cursor: Cursor) -> io::Result<()> {
    let mut framed = Vec::new();
    frame::append(
        &[cursor.segment.to_le_bytes(), cursor.drained.to_le_bytes()].concat(),
        &mut framed,
    )?;
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(CURSOR))?;
    file.write_all(&framed)
}

/// The start where there is none, or a damaged one: draining twice is the lesser evil.
pub(super) fn read(folder: &Path) -> Cursor {
    let payload = File::open(folder.join(CURSOR)).and_then(|mut file| frame::next(&mut file));
    let numbers = payload
        .ok()
        .flatten()
        .and_then(|payload| <[u8; 16]>::try_from(payload).ok());
    numbers.map_or_else(Cursor::default, |numbers| {
        let [a, b, c, d, e, f, g, h, drained @ ..] = numbers;
        Cursor {
            segment: u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            drained: u64::from_le_bytes(drained),
        }
    })
}

const CURSOR: &str = "cursor";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_a_damaged_one_is_the_start() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), Cursor::default());
        let cursor = Cursor {
            segment: 3,
            drained: 77,
        };
        write(folder.path(), cursor).unwrap();
        assert_eq!(read(folder.path()), cursor);
        std::fs::write(folder.path().join(CURSOR), "damaged").unwrap();
        assert_eq!(read(folder.path()), Cursor::default());
    }
}
