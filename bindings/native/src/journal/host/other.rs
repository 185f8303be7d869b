//! Elsewhere: a file inherits who may read it from the folder it lies in, and the file system keeps names safe by itself.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Creates `directory` and what leads to it. One that is already there is left as it is.
pub(in crate::journal) fn create_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

/// Nothing to add: access is inherited.
pub(in crate::journal) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Nothing to do: NTFS journals its names.
pub(in crate::journal) fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}

/// Locks a file for one owner, at once or not at all: false where another has it.
pub(in crate::journal) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Gives the lock back.
pub(in crate::journal) fn unlock(file: &File) -> io::Result<()> {
    file.unlock()
}
