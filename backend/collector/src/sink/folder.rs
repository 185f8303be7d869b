//! Folders whose names survive a power loss.
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Creates a folder and those above it, each made durable in its parent.
pub(super) fn create_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    match path.parent() {
        Some(parent) if parent != Path::new("") => {
            create_folders(parent)?;
            match fs::create_dir(path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => sync_folder(parent),
            }
        }
        _ => fs::create_dir_all(path),
    }
}

/// Makes renames and new names in a folder durable. Only Unix lets a folder be opened for that.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}
