//! Bytes that can't be read although they may have been acknowledged: set aside for a person to look at, and counted.
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::commit::GROUP_BYTES_MAX;
use super::folder::{create_folders, sync_folder};

/// The folder of what was set aside below one root.
#[derive(Debug)]
pub(super) struct Damaged {
    folder: PathBuf,
    bytes: AtomicU64,
}

impl Damaged {
    /// Finds what earlier processes set aside.
    pub(super) fn below(root: &Path) -> io::Result<Self> {
        let folder = root.join(DAMAGED_FOLDER);
        let mut bytes = 0;
        match fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    bytes += entry?.metadata()?.len();
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(Self {
            folder,
            bytes: AtomicU64::new(bytes),
        })
    }

    /// Makes a damaged stretch durable here; only then may it be cut out of `name`, where it began at byte `at`. Doing it
    /// again after a crash in between changes nothing.
    pub(super) fn keep(&self, name: &str, at: u64, stretch: &[u8]) -> io::Result<()> {
        create_folders(&self.folder)?;
        let path = self.folder.join(format!("{name}-at-{at:012}"));
        let known = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        let mut file = File::create(&path)?;
        file.write_all(stretch)?;
        file.sync_all()?;
        sync_folder(&self.folder)?;
        let bytes = stretch.len() as u64;
        self.bytes
            .fetch_add(bytes.saturating_sub(known), Ordering::Relaxed);
        tracing::error!(
            bytes,
            path = %path.display(),
            "set aside what the disk damaged; acknowledged lines may be among it"
        );
        Ok(())
    }

    /// Bytes set aside, by this process and those before it.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Most bytes that a crash can tear: one group, which no one was answered for yet. A group closes with the call that
/// fills it, so twice its bound covers it with its headers; anything longer was damaged and not torn.
pub(super) const TORN_BYTES_MAX: usize = 2 * GROUP_BYTES_MAX;

const DAMAGED_FOLDER: &str = ".damaged";
