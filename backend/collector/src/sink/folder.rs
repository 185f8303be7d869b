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
    fn a_probe_says_whether_a_folder_can_be_written_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        probe_folder(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(probe_folder(&folder.path().join("gone")).is_err());
    }
}
