//! The engine of Eyeline in a browser tab.
//!
//! Thin by design: one function, [`call`], takes a call's number, its moment and what it says, converts that, calls
//! `eyeline-core` and converts the result. Numbers and bytes cross the border, nothing else; what the page looks like, the
//! network and the store are TypeScript's.
//!
//! Every call has its moment: `m`, what `performance.now()` shows, and `w`, what `Date.now()` shows, both in ms. After
//! every call the host stores what the call `writes` hands out. `ts/host/surface.ts` names the calls and says what each
//! takes and gives.

mod calls;
mod clock;
mod core;
mod door;
mod entropy;
mod events;
mod media;
#[cfg(target_family = "wasm")]
mod memory;
mod message;
mod number;
mod sending;
mod settings;
mod showing;
mod starting;
mod storing;
mod tabs;

pub use door::call;
pub use tabs::Tabs;
