//! One owner a directory: an OS lock that the system itself gives back when the process dies.

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::error::OpenError;
use super::host;

/// Held as long as the journal is open. The file stays empty: it is there to be locked, and says nothing about anyone.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    file: File,
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
        if host::try_lock(&file).map_err(OpenError::io("lock", directory))? {
            Ok(DirectoryLock { file })
        } else {
            Err(OpenError::InUse {
                directory: directory.to_path_buf(),
            })
        }
    }
}

/// A child that the host is just starting holds a copy of every open file until it runs its own program: closing ours would
/// leave the lock with that copy for a moment.
impl Drop for DirectoryLock {
    fn drop(&mut self) {
        let _: std::io::Result<()> = host::unlock(&self.file);
    }
}

const LOCK_FILE: &str = "lock";

#[cfg(test)]
mod tests {
    use super::DirectoryLock;

    #[test]
    fn a_directory_is_free_once_its_owner_is_gone_though_a_child_holds_a_copy() {
        let directory = tempfile::tempdir().unwrap();
        let lock = DirectoryLock::take(directory.path()).unwrap();
        let _of_a_child = lock.file.try_clone().unwrap();
        assert!(DirectoryLock::take(directory.path()).is_err());
        drop(lock);
        assert!(DirectoryLock::take(directory.path()).is_ok());
    }
}
