//! The one function that JavaScript calls.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::entropy::Browser;
use crate::tabs::Tabs;

thread_local! {
    /// The engines of this page. A page has one thread.
    static TABS: Tabs = const { Tabs::new() };
}

/// Makes the call number `call` on the engine number `core` (0 for a start), as of the moment `m` and `w`. What it says
/// and what it answers are messages: see `ts/host/message.ts`. An engine that does not exist answers nothing.
#[wasm_bindgen]
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the bytes were copied for this call: they are its own"
)]
pub fn call(core: u32, call: u32, m: f64, w: f64, said: Vec<u8>) -> Vec<u8> {
    TABS.with(|tabs| tabs.call(core, call, m, w, &said, || Box::new(Browser)))
}
