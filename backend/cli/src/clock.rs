//! The clock a command goes by: the system's, or a stepped one that a replay owns, in builds for tests only.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use clap::Args;
use eyeline_core::UnixMillis;

/// The hidden option that makes several processes share one stepped clock.
#[derive(Args, Clone, Debug)]
pub struct ClockOption {
    /// A file of 8 bytes that a replay moves: wall milliseconds, little endian
    #[arg(long, hide = true, global = true)]
    stepped_clock: Option<PathBuf>,
}

impl ClockOption {
    /// The clock to go by.
    ///
    /// # Errors
    /// Where a release build is asked to go by a stepped clock, or its file can't be read.
    pub fn clock(&self) -> Result<Clock> {
        let Some(path) = &self.stepped_clock else {
            return Ok(Clock(Kind::System));
        };
        if !cfg!(debug_assertions) {
            bail!(
                "--stepped-clock is for tests; this is a release build, which goes by the system's clock"
            );
        }
        let now = read(path)
            .with_context(|| format!("cannot read the stepped clock {}", path.display()))?;
        Ok(Clock(Kind::Stepped(Arc::new((
            path.clone(),
            AtomicI64::new(now),
        )))))
    }

    /// The stepped clock's file, for the replay that moves it.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.stepped_clock.as_deref()
    }
}

/// What time it is, in UTC.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    /// The file, and what it said last.
    Stepped(Arc<(PathBuf, AtomicI64)>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        match &self.0 {
            Kind::System => {
                let since_1970 = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                UnixMillis::from_i64(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
            }
            Kind::Stepped(stepped) => {
                // Where the file is gone, time stands still.
                if let Ok(now) = read(&stepped.0) {
                    stepped.1.store(now, Ordering::Relaxed);
                }
                UnixMillis::from_i64(stepped.1.load(Ordering::Relaxed))
            }
        }
    }
}

/// The file of a stepped clock, moved by its owner.
#[derive(Debug)]
pub struct ClockFile(File);

impl ClockFile {
    /// Opens the file, making it where there is none.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map(Self)
    }

    /// Shows a time (ms since 1970) to every process that reads the file.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn show(&self, wall: i64) -> io::Result<()> {
        // One write at one place: a reader sees the time before or the time after, never half of each.
        let mut file = &self.0;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&wall.to_le_bytes())
    }
}

fn read(path: &Path) -> io::Result<i64> {
    let mut bytes = [0; 8];
    File::open(path)?.read_exact(&mut bytes)?;
    Ok(i64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepped_clock_shows_what_its_file_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clock");
        let owner = ClockFile::open(&path).unwrap();
        owner.show(1_574_553_617_004).unwrap();
        let clock = ClockOption {
            stepped_clock: Some(path.clone()),
        }
        .clock()
        .unwrap();
        assert_eq!(clock.now().as_i64(), 1_574_553_617_004);
        owner.show(1_574_553_617_005).unwrap();
        assert_eq!(clock.now().as_i64(), 1_574_553_617_005);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(clock.now().as_i64(), 1_574_553_617_005);
    }
}
