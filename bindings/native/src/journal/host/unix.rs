//! Unix: mode bits keep the journal to its owner, and a directory is synced like a file.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Creates `directory`, and what leads to it, for its owner alone. One that is already there is left as it is.
pub(in crate::journal) fn create_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

/// A file created with these options is its owner's alone.
pub(in crate::journal) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Brings created and removed names to the disk.
pub(in crate::journal) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Locks a file for one owner, at once or not at all: false where another has it. The standard library's own `try_lock` refuses to
/// work on Android, which has flock(2) as every other Unix here.
pub(in crate::journal) fn try_lock(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Gives the lock back.
pub(in crate::journal) fn unlock(file: &File) -> io::Result<()> {
    Ok(flock(file, FlockOperation::Unlock)?)
}
