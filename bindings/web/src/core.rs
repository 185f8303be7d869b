//! A tab's engine, and what it is asked to do with what it holds.

use eyeline_core::{Engine, LossReason, Ticket, Upload};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now;
use crate::number::float;

/// A tab's engine.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    pub(crate) engine: Engine,
    /// What was last handed out to be sent.
    pub(crate) upload: Option<Upload>,
    /// Names each attempt to the host, from 1. The engine's own tickets are no numbers.
    pub(crate) tickets: (u32, Option<Ticket>),
    /// Where what was last previewed would go.
    pub(crate) preview_path: String,
}

impl Core {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            upload: None,
            tickets: (0, None),
            preview_path: String::new(),
        }
    }
}

#[wasm_bindgen]
impl Core {
    /// Closes the open batch so that it can be sent at once.
    pub fn flush(&mut self, m: f64, w: f64) {
        self.engine.flush(now(m, w));
    }

    /// The page is hidden, from where it may never return: what is watched is told as it stands, the open batch closes.
    pub fn background(&mut self, m: f64, w: f64) {
        self.engine.background(now(m, w));
    }

    /// Nothing more is recorded; uploads may go on.
    pub fn shutdown(&mut self, m: f64, w: f64) {
        self.engine.shutdown(now(m, w));
    }

    /// What became of every event: captured, delivered, queued, bytes queued, batches set aside, requests to forget that
    /// wait, failures of the store, then losses by reason in the order `queue_full`, `expired`, `too_large`, `refused`,
    /// `consent_withdrawn`, `storage_failed`, `unconfirmed`.
    #[must_use]
    pub fn stats(&self, m: f64, w: f64) -> Vec<f64> {
        let stats = self.engine.stats(now(m, w));
        let lost = |reason| stats.lost.get(&reason).copied().unwrap_or_default();
        [
            stats.captured,
            stats.delivered,
            stats.queued,
            stats.queued_bytes,
            stats.set_aside,
            stats.erasures,
            stats.storage_failures,
        ]
        .into_iter()
        .chain(LossReason::ALL.map(lost))
        .map(float)
        .collect()
    }
}
