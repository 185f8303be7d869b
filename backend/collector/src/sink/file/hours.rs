//! The folders of a file sink: where files are written, and the hours they are moved into.
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eyeline_core::UnixMillis;

use super::super::damaged::Damaged;
use super::super::folder::{FolderLock, create_folders, lock_folder, probe_folder, sync_folder};
use super::object_key::{file_name, folder_of};
use super::recover::recover;

/// A root with its hours, owned by this process.
pub(super) struct Hours {
    root: PathBuf,
    open_folder: PathBuf,
    damaged: Arc<Damaged>,
    /// Held while this process owns the root; the kernel lets go of it however the process ends.
    _lock: FolderLock,
}

impl Hours {
    /// Takes the root and finishes what an earlier process left open.
    pub(super) fn own(root: &Path, prefix: &str) -> io::Result<Self> {
        let open_folder = root.join(OPEN_FOLDER);
        create_folders(&open_folder)?;
        let lock = lock_folder(&open_folder)?;
        let hours = Self {
            root: root.join(prefix),
            open_folder,
            damaged: Arc::new(Damaged::below(root)?),
            _lock: lock,
        };
        hours.finish_leftovers()?;
        Ok(hours)
    }

    /// A new file whose first line arrives now. Its name is as durable as the bytes that will be acknowledged under it.
    pub(super) fn create(&self, stream: &str, oldest: UnixMillis) -> io::Result<(File, PathBuf)> {
        let path = self
            .open_folder
            .join(file_name(stream, oldest).map_err(io::Error::other)?);
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&path)?;
        sync_folder(&self.open_folder)?;
        Ok((file, path))
    }

    /// Moves a finished file into its hour; an empty one has nothing to tell.
    pub(super) fn publish(&self, path: &Path, bytes: u64) -> io::Result<()> {
        if bytes == 0 {
            return fs::remove_file(path);
        }
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let folder = folder_of(name).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not a file of ours: move it away", path.display()),
            )
        })?;
        let folder = self.root.join(folder);
        create_folders(&folder)?;
        let target = folder.join(name);
        match fs::rename(path, &target) {
            // An earlier try moved it and failed afterwards.
            Err(error) if error.kind() == io::ErrorKind::NotFound && target.exists() => {}
            moved => moved?,
        }
        sync_folder(&folder)?;
        sync_folder(&self.open_folder)
    }

    fn finish_leftovers(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.open_folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "gz") {
                continue;
            }
            self.finish_torn(&path)?;
        }
        Ok(())
    }

    /// Moves a file that may end in torn or damaged bytes into its hour, without them.
    fn finish_torn(&self, path: &Path) -> io::Result<()> {
        let kept = recover(path, &self.damaged)?;
        tracing::info!(
            bytes = kept.bytes,
            cut = kept.cut,
            damaged = kept.damaged,
            "finished a file that was left open"
        );
        self.publish(path, kept.bytes)
    }

    /// Whether files can be written here now.
    pub(super) fn probe(&self) -> io::Result<()> {
        probe_folder(&self.open_folder)
    }

    /// What was set aside below this root.
    pub(super) fn damaged(&self) -> Arc<Damaged> {
        Arc::clone(&self.damaged)
    }
}

const OPEN_FOLDER: &str = ".open";
