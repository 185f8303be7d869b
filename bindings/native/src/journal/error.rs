//! What can go wrong with a journal, by what the caller will do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a journal could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another client holds the directory: give each client a directory of its own.
    #[error(
        "journal directory {directory:?} is already in use by another process or client; give each its own"
    )]
    InUse {
        /// The directory asked for.
        directory: PathBuf,
    },
    /// The directory was written by a newer release, which alone can read it: update, or choose another directory.
    #[error(
        "journal directory {directory:?} holds format version {found}, newer than this release reads"
    )]
    NewerFormat {
        /// The directory asked for.
        directory: PathBuf,
        /// The version found.
        found: u8,
    },
    /// The file system refused: check that the path can be created and written by this process.
    #[error("could not {what} journal directory {directory:?}")]
    Io {
        /// What was tried, as a verb.
        what: &'static str,
        /// The directory asked for.
        directory: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    /// Wraps a system error with what was tried.
    pub(super) fn io(what: &'static str, directory: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| OpenError::Io {
            what,
            directory: directory.to_path_buf(),
            source,
        }
    }
}

/// Why a record was not stored. The journal stays usable, and what it held before is untouched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The journal's own bound on bytes is reached.
    #[error("the journal is full: {bytes} bytes of {cap}")]
    Full {
        /// What the journal occupies.
        bytes: u64,
        /// What it may occupy.
        cap: u64,
    },
    /// One record is larger than a frame may be.
    #[error("a record is larger than a journal frame may be")]
    TooLarge,
    /// The disk is full, gone or read-only.
    #[error("the file system refused a write")]
    Io(#[from] io::Error),
}
