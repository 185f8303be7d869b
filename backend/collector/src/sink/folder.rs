//! Folders whose names survive a power loss, and that belong to one process.
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Creates a folder and those above it, each made durable in its parent.
pub(super) fn create_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let Some(parent) = parent_of(path) else {
        return fs::create_dir_all(path);
    };
    create_folders(parent)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(parent),
    }
}

/// The folder that holds a path; for a bare name that is the working directory.
fn parent_of(path: &Path) -> Option<&Path> {
    let parent = path.parent()?;
    Some(if parent == Path::new("") {
        Path::new(".")
    } else {
        parent
    })
}

/// Whether a folder takes a file that needs new space on the disk.
pub(super) fn probe_folder(folder: &Path) -> io::Result<()> {
    let path = folder.join("probe");
    let written = File::create(&path).and_then(|mut file| {
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_all()
    });
    // It may not be there.
    drop(fs::remove_file(path));
    written
}

/// Makes renames and new names in a folder durable. Only Unix lets a folder be opened for that.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

/// A folder that is this process's alone as long as this lives.
#[derive(Debug)]
pub(super) struct FolderLock(File);

/// A child that is just being started holds a copy of every open file until it runs its own program: closing ours would leave
/// the lock with that copy for a moment.
impl Drop for FolderLock {
    fn drop(&mut self) {
        let _: io::Result<()> = self.0.unlock();
    }
}

/// Takes a folder for this process, at once or not at all.
pub(super) fn lock_folder(path: &Path) -> io::Result<FolderLock> {
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(FolderLock(lock)),
        Err(fs::TryLockError::Error(error)) => Err(error),
        Err(fs::TryLockError::WouldBlock) => {
            let what = format!("another collector writes to {}", path.display());
            Err(io::Error::new(io::ErrorKind::WouldBlock, what))
        }
    }
}

/// What a probe writes (ours): as much as a small group.
const PROBE_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_lies_in_the_working_directory() {
        assert_eq!(parent_of(Path::new("raw")), Some(Path::new(".")));
        assert_eq!(parent_of(Path::new("a/raw")), Some(Path::new("a")));
        assert_eq!(parent_of(Path::new("/")), None);
    }

    #[test]
    fn a_folder_is_free_once_its_owner_is_gone_though_a_child_holds_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let lock = lock_folder(folder.path()).unwrap();
        let _of_a_child = lock.0.try_clone().unwrap();
        assert!(lock_folder(folder.path()).is_err());
        drop(lock);
        assert!(lock_folder(folder.path()).is_ok());
    }

    #[test]
    fn a_probe_says_whether_a_folder_can_be_written_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        probe_folder(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(probe_folder(&folder.path().join("gone")).is_err());
    }
}
