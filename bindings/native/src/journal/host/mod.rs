//! What differs between file systems: who may read a file, and how a directory's own entries reach the disk.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::{create_private, private, sync_directory};
#[cfg(unix)]
pub(super) use unix::{create_private, private, sync_directory};
