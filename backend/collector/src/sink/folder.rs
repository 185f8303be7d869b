//! Folders whose names survive a power loss, and that belong to one process.
use std::fs::{self, File, OpenOptions};
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

/// Takes a folder for this process for as long as the file returned lives.
pub(super) fn lock_folder(path: &Path) -> io::Result<File> {
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::Error(error)) => Err(error),
        Err(fs::TryLockError::WouldBlock) => {
            let what = format!("another collector writes to {}", path.display());
            Err(io::Error::new(io::ErrorKind::WouldBlock, what))
        }
    }
}
