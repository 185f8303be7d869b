//! The client as Kotlin and Swift see it: each call converts, asks the engine, and converts back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use eyeline::host::{Flush, Flushed, Stopped, Until};
use eyeline_core::{Engine, Now, Visibility};

use crate::act::{Act, before};
use crate::ffi::{
    Action, Call, Click, Config, Consent, Convert, Device, FlushResult, Impression, Listener,
    Media, Page, Serve, StartError, Stats, Transport, ViewRef, dimensions, experiments,
};
use crate::starting::{self, Started};

/// Measures impressions and brings every event to the collector.
///
/// No call waits for the network, except `flush` and `shutdown`, which take a timeout. None throws: what is refused returns 0, and
/// `stats` says how much was invalid and why. When a call that records returns, its event outlives the process, where the client
/// has a directory and consent allows to store.
#[derive(Debug, uniffi::Object)]
pub struct Client {
    started: Started,
}

#[uniffi::export]
impl Client {
    /// Checks the settings, opens the directory and starts two threads: one works, one sends. The network is not touched.
    ///
    /// # Errors
    /// [`StartError`] says what to do.
    #[uniffi::constructor]
    pub fn new(
        config: Config,
        transport: Arc<dyn Transport>,
        listener: Option<Arc<dyn Listener>>,
    ) -> Result<Arc<Self>, StartError> {
        let started = starting::start(config, transport, listener)?;
        Ok(Arc::new(Client { started }))
    }

    /// Content is shown: records the impression and watches it. Returns the view for the calls below; 0 where it was refused
    /// (consent denied, session not sampled, invalid), and then those calls do nothing.
    pub fn impression(&self, what: Impression) -> u64 {
        self.one(Action::Impression { what })
    }

    /// How much of a view shows from now on: `fraction` of it (0 to 1), and its whole size in dp or pt. Say so whenever it changes;
    /// in between it counts as unchanged.
    pub fn visible(&self, view: u64, fraction: f64, width: f64, height: f64) {
        let visibility = Visibility {
            fraction,
            width,
            height,
        };
        self.run(Act::Visible(ViewRef::Known { id: view }, visibility));
    }

    /// A view was tapped. The event's number within this start; 0 where it was refused.
    pub fn click(&self, view: u64, click: Click) -> u64 {
        let view = ViewRef::Known { id: view };
        self.one(Action::Click { view, click })
    }

    /// A view's audio or video moved on. The event's number; 0 where it was refused.
    pub fn media(&self, view: u64, media: Media) -> u64 {
        let view = ViewRef::Known { id: view };
        self.one(Action::Media { view, media })
    }

    /// A view is gone for good; `why` is a word of the app's own, such as `scrolled`. The event's number; 0 where it was refused.
    pub fn hide(&self, view: u64, why: String) -> u64 {
        let view = ViewRef::Known { id: view };
        self.one(Action::Hide { view, why })
    }

    /// Content was delivered to a placement, whether or not it is ever shown. The event's number; 0 where it was refused.
    pub fn serve(&self, what: Serve) -> u64 {
        self.one(Action::Serve { what })
    }

    /// A goal was reached. The event's number; 0 where it was refused.
    pub fn convert(&self, what: Convert) -> u64 {
        self.one(Action::Convert { what })
    }

    /// Another screen is shown: the views of the one before have ended. The event's number; 0 where it was refused.
    pub fn page(&self, page: Page) -> u64 {
        self.one(Action::Page { page })
    }

    /// Many calls in one, stored as one record: kept whole or not at all. Returns for each what the single call would, 0 where
    /// that returns nothing.
    pub fn track_all(&self, calls: Vec<Call>) -> Vec<u64> {
        let invalids = &self.started.invalids;
        let acts: Vec<(Option<Act>, u64)> = calls
            .into_iter()
            .map(|call| (invalids.valid(call.action.try_into()), call.age_ms))
            .collect();
        let count = acts.len();
        let done = self.started.shared.act(|engine, now| {
            let mut results = Vec::with_capacity(count);
            for (act, age_ms) in acts {
                let result = act.map(|act| act.run(engine, before(now, age_ms), &results));
                results.push(result.and_then(Result::ok).unwrap_or(0));
            }
            results
        });
        done.unwrap_or_else(|Stopped| vec![0; count])
    }

    /// The visitor's choice. Denied wipes what waits, on disk too, before this returns.
    pub fn set_consent(&self, consent: Consent) {
        self.run(Act::SetConsent(consent.into()));
    }

    /// The choice that stands.
    #[must_use]
    pub fn consent(&self) -> Consent {
        self.started
            .shared
            .look(|engine, _| engine.consent())
            .into()
    }

    /// Whether the visitor asks not to be tracked.
    pub fn set_gpc(&self, gpc: bool) {
        self.quietly(|engine, now| engine.set_gpc(now, gpc));
    }

    /// Whether the app is in front, on a lit screen. Nothing counts as seen while it is not.
    pub fn set_active(&self, active: bool) {
        self.run(Act::SetActive(active));
    }

    /// The visitor did something: touched, scrolled, typed. Makes the next seconds engaged ones.
    pub fn activity(&self) {
        self.run(Act::Activity);
    }

    /// The app goes to the background: what is watched is told as it stands, and what waits is closed and sent while there is
    /// time. The app then counts as inactive.
    pub fn background(&self) {
        self.run(Act::Background);
    }

    /// The device changed, such as on rotation.
    pub fn set_device(&self, device: Device) {
        if let Some(device) = self.started.invalids.valid(device.try_into()) {
            self.quietly(|engine, now| engine.set_device(now, device));
        }
    }

    /// The visitor's variants of running experiments: at most 32.
    pub fn set_experiments(&self, pairs: HashMap<String, String>) {
        if let Some(pairs) = self.started.invalids.valid(experiments(&pairs)) {
            self.quietly(|engine, now| engine.set_experiments(now, pairs));
        }
    }

    /// Custom dimensions of what is recorded from here on: at most 8.
    pub fn set_dimensions(&self, pairs: HashMap<String, String>) {
        if let Some(pairs) = self.started.invalids.valid(dimensions(&pairs)) {
            self.quietly(|engine, now| engine.set_dimensions(now, pairs));
        }
    }

    /// Forgets the visitor: asks the collector to erase what it has, and mints a new visitor id.
    pub fn forget(&self) {
        self.quietly(Engine::forget);
    }

    /// What became of every event.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let stats = self.started.shared.look(Engine::stats);
        Stats::new(&stats, self.started.invalids.noted())
    }

    /// This start of the SDK, as its events name it.
    #[must_use]
    pub fn instance(&self) -> String {
        self.started
            .shared
            .look(|engine, _| engine.instance().to_string())
    }

    /// Closes the open batch and sends what is due. Blocks this thread for at most `timeout_ms`: not for the main thread.
    pub fn flush(&self, timeout_ms: u64) -> FlushResult {
        self.quietly(Engine::flush);
        self.wait(Until::Settled, timeout_ms).into()
    }

    /// Flushes and stops: the directory is then free, and nothing more is recorded. Blocks this thread for at most `timeout_ms`.
    pub fn shutdown(&self, timeout_ms: u64) -> FlushResult {
        self.quietly(Engine::shutdown);
        self.wait(Until::Stopped, timeout_ms).into()
    }

    /// Stops at once, as a crash would: nothing is sent or written any more, and the directory is free. What was stored is sent
    /// by the next client with this directory.
    pub fn abandon(&self) {
        self.started.shared.stop();
        self.started.bell.ring();
    }

    /// For tests with a clock of their own: waits until all that is due at its present is done and answered. False where the
    /// time was up first.
    pub fn settle(&self, timeout_ms: u64) -> bool {
        self.wait(Until::Settled, timeout_ms) != Flushed::TimedOut
    }
}

impl Client {
    fn one(&self, action: Action) -> u64 {
        let act = self.started.invalids.valid(Act::try_from(action));
        act.map_or(0, |act| self.run(act))
    }

    fn run(&self, act: Act) -> u64 {
        let done = self
            .started
            .shared
            .act(|engine, now| act.run(engine, now, &[]));
        done.ok().and_then(Result::ok).unwrap_or(0)
    }

    /// For what returns nothing to anyone: after a shutdown it changes nothing.
    fn quietly(&self, act: impl FnOnce(&mut Engine, Now)) {
        let _: Result<(), Stopped> = self.started.shared.act(act);
    }

    fn wait(&self, until: Until, timeout_ms: u64) -> Flushed {
        let flush: Flush = self
            .started
            .shared
            .wait_until(until, Duration::from_millis(timeout_ms));
        flush.wait()
    }
}

impl Drop for Client {
    /// Let go without a shutdown, it stops as `abandon` does: the app's thread never waits here.
    fn drop(&mut self) {
        self.abandon();
    }
}
