//! What keeps a lake small, lawful and right: erasure, retention, compaction, verification.

mod compact;
mod erase;
mod erased_facts;
mod retain;
mod verify;

pub(crate) use erase::{Request, erase_pending, erased_until, tombstone};
pub use retain::Retained;
pub use verify::Verified;
