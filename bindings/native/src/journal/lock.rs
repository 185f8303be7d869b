//! One owner a directory: an OS lock that the system itself gives back when the process dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::error::OpenError;
use super::host;

/// Held as long as the journal is open. The file stays empty: it is there to be locked, and says nothing about anyone.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock of `directory`, at once or not at all.
    pub(super) fn take(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let file = host::private(&mut options)
            .open(&path)
            .map_err(OpenError::io("open the lock file of", directory))?;
        match file.try_lock() {
            Ok(()) => Ok(DirectoryLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                directory: directory.to_path_buf(),
            }),
            Err(TryLockError::Error(error)) => Err(OpenError::io("lock", directory)(error)),
        }
    }
}

const LOCK_FILE: &str = "lock";
