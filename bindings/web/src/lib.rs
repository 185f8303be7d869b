//! The engine of Eyeline in a browser tab.
//!
//! Thin by design: each function converts its arguments, calls `eyeline-core` and converts the result. Numbers, strings
//! and bytes cross the border, nothing else; what the page looks like, the network and the store are TypeScript's.
//!
//! Every call takes `m`, what `performance.now()` shows, and `w`, what `Date.now()` shows, both in ms. After every call
//! that takes them the host stores what [`Core::writes`] hands out.

mod clock;
mod context;
mod core;
mod entropy;
mod events;
mod media;
#[cfg(target_family = "wasm")]
mod memory;
mod number;
mod sending;
mod settings;
mod showing;
mod starting;
mod storing;
mod text;

pub use crate::core::Core;
pub use starting::Restore;
pub use storing::Each;
