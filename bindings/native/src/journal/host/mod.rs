//! What differs between file systems: who may read a file, how a directory's own entries reach the disk, and how a file is locked.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::{create_private, private, sync_directory, try_lock, unlock};
#[cfg(unix)]
pub(super) use unix::{create_private, private, sync_directory, try_lock, unlock};
