//! Reads back a segment that a killed process left behind.
use std::fs::OpenOptions;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::super::damaged::{Damaged, TORN_BYTES_MAX};
use super::frame;

/// The length of a segment up to its last whole frame; what follows was torn and is cut, or damaged and is set aside.
/// Damage before that frame stays where it is, because the cursor counts in bytes of the segment: the drain finds it.
pub(super) fn recover(path: &Path, damaged: &Damaged) -> io::Result<u64> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut reader = BufReader::new(&file);
    let mut whole = whole_frames(&mut reader)?;
    (&file).seek(SeekFrom::Start(whole))?;
    let mut tail = Vec::new();
    (&file).read_to_end(&mut tail)?;
    let mut rest = tail.as_slice();
    while let Some(at) = frame::find(rest) {
        let frames = whole_frames(&mut &rest[at..])?;
        let end = at + usize::try_from(frames).unwrap_or(usize::MAX);
        rest = &rest[end..];
        whole += end as u64;
    }
    if !rest.is_empty() {
        if rest.len() > TORN_BYTES_MAX {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            damaged.keep(&name, whole, rest)?;
        } else {
            tracing::warn!(
                bytes = rest.len(),
                "cut what follows the last whole frame of a spool segment"
            );
        }
        file.set_len(whole)?;
    }
    file.sync_all()?;
    Ok(whole)
}

fn whole_frames(from: &mut impl Read) -> io::Result<u64> {
    let mut whole = 0;
    while let Some(payload) = frame::next(from)? {
        whole += (frame::HEADER_BYTES + payload.len()) as u64;
    }
    Ok(whole)
}
