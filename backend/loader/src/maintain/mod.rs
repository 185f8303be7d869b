//! What keeps a lake small, lawful and right: erasure, retention, compaction, verification.

mod compact;
mod erase;
mod retain;
mod verify;

pub(crate) use erase::{erase_pending, tombstone};
pub use retain::Retained;
pub use verify::Verified;
