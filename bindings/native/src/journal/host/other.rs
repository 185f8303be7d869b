//! Elsewhere: a file inherits who may read it from the folder it lies in, and the file system keeps names safe by itself.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Creates `directory` and what leads to it. One that is already there is left as it is.
pub(in crate::journal) fn create_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

/// Nothing to add: access is inherited.
pub(in crate::journal) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Nothing to do: NTFS journals its names.
pub(in crate::journal) fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}
