//! A start on what the tab's slot in the store kept.

#![expect(
    clippy::too_many_arguments,
    reason = "scalars cross the border cheaply, objects don't"
)]

use eyeline_core::{Class, Engine, Entropy, Key, Saved};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now;
use crate::core::Core;
use crate::entropy::Browser;
use crate::number::count;
use crate::settings::{config, consent, device, dimensions, experiments, page, sampling};

/// Collects what the store kept, then starts an engine on it.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Restore {
    saved: Saved,
}

const GPC: u32 = 1;
const CHILDREN: u32 = 2;

#[wasm_bindgen]
impl Restore {
    /// Nothing kept so far.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One entry as [`Core::writes`] handed it out. Entries come ascending by class and number, the order of a database;
    /// a class that was never handed out is ignored.
    pub fn put(&mut self, class: u32, number: f64, value: Vec<u8>) {
        if let Some(class) = class_of(class) {
            let key = Key::new(class, count(number));
            self.saved.entries.push((key, value));
        }
    }

    /// Starts. `page` is site, path and referrer, `device` class, system and language, `dims` and `exps` keys and values in
    /// turn, each list with U+0001 between its parts. `tz` is minutes ahead of UTC, `vw` and `vh` CSS px. `consent` is 0
    /// pending, 1 full, 2 measure only, 3 denied; `flags` is 1 for GPC plus 2 for an audience of children. Undefined
    /// without a valid affiliate and SDK name.
    pub fn start(
        self,
        m: f64,
        w: f64,
        affiliate: &str,
        sdk: &str,
        page: &str,
        device: &str,
        tz: f64,
        vw: f64,
        vh: f64,
        dims: &str,
        exps: &str,
        consent: u32,
        flags: u32,
        rate: f64,
    ) -> Option<Core> {
        self.start_with(
            Box::new(Browser),
            m,
            w,
            affiliate,
            sdk,
            page,
            device,
            tz,
            vw,
            vh,
            dims,
            exps,
            consent,
            flags,
            rate,
        )
    }
}

impl Restore {
    /// [`Restore::start`] with random bits of the caller's.
    #[must_use]
    pub fn start_with(
        self,
        bits: Box<dyn Entropy + Send>,
        m: f64,
        w: f64,
        affiliate: &str,
        sdk: &str,
        page_text: &str,
        device_text: &str,
        tz: f64,
        vw: f64,
        vh: f64,
        dims: &str,
        exps: &str,
        choice: u32,
        flags: u32,
        rate: f64,
    ) -> Option<Core> {
        let mut config = config(affiliate, sdk)?;
        config.page = Some(page(page_text));
        config.device = device(device_text, tz, vw, vh);
        config.dimensions = dimensions(dims);
        config.experiments = experiments(exps);
        config.consent = consent(choice);
        config.gpc = flags & GPC != 0;
        config.children = flags & CHILDREN != 0;
        config.sampling = sampling(rate);
        Some(Core::new(Engine::start(
            config,
            self.saved,
            now(m, w),
            bits,
        )))
    }
}

/// The class by its number on the border.
fn class_of(number: u32) -> Option<Class> {
    Some(match number {
        0 => Class::State,
        2 => Class::Batch,
        3 => Class::Erasure,
        _ => return None,
    })
}
