//! What changes around the events: page, device, attention, consent.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now;
use crate::core::Core;
use crate::settings::{consent, device};
use crate::text::maybe;
use eyeline_core::Page;

#[wasm_bindgen]
impl Core {
    /// Another page of a single-page application is shown: what was watched ends. An empty `site` means the same as before.
    pub fn page(&mut self, m: f64, w: f64, site: &str, path: &str, referrer: &str) {
        let page = Page {
            site: maybe(site),
            path: maybe(path),
            referrer: maybe(referrer),
        };
        // A refusal concerns the page view; the page holds all the same.
        let _ = self.engine.set_page(now(m, w), page);
    }

    /// The device as it is now; arguments as for a start.
    pub fn device(&mut self, m: f64, w: f64, text: &str, tz: f64, vw: f64, vh: f64) {
        self.engine.set_device(now(m, w), device(text, tz, vw, vh));
    }

    /// The tab is (no longer) visible and focused.
    pub fn active(&mut self, m: f64, w: f64, active: bool) {
        self.engine.set_active(now(m, w), active);
    }

    /// The visitor did something.
    pub fn activity(&mut self, m: f64, w: f64) {
        self.engine.activity(now(m, w));
    }

    /// The visitor chose: 0 pending, 1 full, 2 measure only, 3 denied.
    pub fn consent(&mut self, m: f64, w: f64, choice: u32) {
        self.engine.set_consent(now(m, w), consent(choice));
    }

    /// Whether the browser asks not to be tracked (Global Privacy Control).
    pub fn gpc(&mut self, m: f64, w: f64, gpc: bool) {
        self.engine.set_gpc(now(m, w), gpc);
    }

    /// The visitor asks to be forgotten.
    pub fn forget(&mut self, m: f64, w: f64) {
        self.engine.forget(now(m, w));
    }
}
