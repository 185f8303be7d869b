//! The keys in force: reloaded when the file changes, the last good ones kept when the change is bad.
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use std::{fs, io};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::{Keys, KeysError, file};

/// How the last look at the keys file ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeysStatus {
    /// Counts every attempt to load the file, good or bad, from 1.
    pub attempt: u64,
    /// Why the last attempt failed; the keys before it are still in force.
    pub error: Option<String>,
}

/// The keys file and what was last read from it.
#[derive(Debug)]
pub(crate) struct KeyRing {
    path: PathBuf,
    current: ArcSwap<Keys>,
    seen: Mutex<Stamp>,
    status: watch::Sender<KeysStatus>,
}

impl KeyRing {
    /// Loads the file; without a first good state there is nothing to fall back on.
    pub(crate) fn open(path: PathBuf) -> Result<Self, KeysError> {
        let stamp = Stamp::of(&path)?;
        let keys = file::parse(&fs::read(&path)?, None)?;
        tracing::info!(keys = keys.len(), "keys loaded");
        Ok(Self {
            path,
            current: ArcSwap::from_pointee(keys),
            seen: Mutex::new(stamp),
            status: watch::Sender::new(KeysStatus {
                attempt: 1,
                error: None,
            }),
        })
    }

    pub(crate) fn current(&self) -> Arc<Keys> {
        self.current.load_full()
    }

    pub(crate) fn status(&self) -> watch::Receiver<KeysStatus> {
        self.status.subscribe()
    }

    /// Loads the file if it changed since the last look. `None` when it did not.
    pub(crate) fn reload_if_changed(&self) -> Option<Result<usize, KeysError>> {
        let stamp = Stamp::of(&self.path);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &stamp {
            Ok(stamp) if *stamp == *seen => return None,
            Ok(stamp) => *seen = stamp.clone(),
            // Editors and deploys replace files by delete and create: a vanished file is one error, not one a look.
            Err(_) if *seen == Stamp::default() => return None,
            Err(_) => *seen = Stamp::default(),
        }
        let loaded = stamp
            .and_then(|_| fs::read(&self.path))
            .map_err(KeysError::from)
            .and_then(|json| {
                let keys = file::parse(&json, Some(&self.current.load()))?;
                let count = keys.len();
                self.current.store(Arc::new(keys));
                Ok(count)
            });
        self.status.send_modify(|status| {
            status.attempt += 1;
            status.error = loaded.as_ref().err().map(ToString::to_string);
        });
        Some(loaded)
    }
}

/// What changes when a file does: by content or by replacement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    file: u64,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        #[cfg(unix)]
        let file = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let file = 0;
        Ok(Self {
            modified: Some(metadata.modified()?),
            bytes: metadata.len(),
            file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"v":1,"keys":[{"key":"wk_news_01","affiliates":["news"]}]}"#;

    #[test]
    fn a_bad_change_keeps_the_last_good_keys_and_says_why_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        fs::write(&path, ONE).unwrap();
        let ring = KeyRing::open(path.clone()).unwrap();
        assert!(ring.reload_if_changed().is_none());
        fs::write(&path, "{").unwrap();
        assert!(ring.reload_if_changed().unwrap().is_err());
        assert!(ring.reload_if_changed().is_none());
        assert!(ring.current().find("wk_news_01").is_some());
        assert!(ring.status().borrow().error.is_some());
        fs::remove_file(&path).unwrap();
        assert!(ring.reload_if_changed().unwrap().is_err());
        assert!(ring.reload_if_changed().is_none());
        fs::write(&path, ONE.replace("01", "02")).unwrap();
        assert_eq!(ring.reload_if_changed().unwrap().unwrap(), 1);
        assert!(ring.current().find("wk_news_01").is_none());
        assert_eq!(
            *ring.status().borrow(),
            KeysStatus {
                attempt: 4,
                error: None
            }
        );
    }
}
