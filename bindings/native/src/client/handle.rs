//! The handle an app holds: record, consent, flush, shut down.

use std::sync::Arc;
use std::time::Duration;

use eyeline_core::{Consent, Device, Engine, Event, Impression, Now, Page, Pairs, Stats};

use super::bells::Shared;
use super::builder::Builder;
use super::error::NotRecorded;
use super::view::View;
use crate::host::{Flush, Stopped, Until};

/// Measures impressions and brings every event to the collector. Cheap to clone; all clones are one client.
///
/// No method waits for the network ([`Flush::wait`] does), and none panics. Recording takes a lock for as long as one short record takes to
/// append. When the last clone and the last [`View`] are dropped, what is queued is sent for at most the drop timeout;
/// the rest is stored for the next start. That drop is the one thing that waits for the network, on an async thread too
/// (not where the client runs on the app's own runtime): await [`Client::shutdown`] before it, or set
/// [`Builder::drop_timeout`] to zero.
#[derive(Debug, Clone)]
pub struct Client {
    owner: Arc<Owner>,
}

/// Dropped with the last handle.
#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    drop_timeout: Duration,
    own_thread: bool,
}

impl Client {
    /// A client that sends to `endpoint` (such as `https://collect.example.com`) with this app's write key, for an affiliate
    /// the key is bound to.
    pub fn builder(endpoint: &str, write_key: &str, affiliate: &str) -> Builder {
        Builder::new(endpoint, write_key, affiliate)
    }

    pub(super) fn new(shared: Arc<Shared>, drop_timeout: Duration, own_thread: bool) -> Self {
        Client {
            owner: Arc::new(Owner {
                shared,
                drop_timeout,
                own_thread,
            }),
        }
    }

    /// Records that content was rendered, and watches it until the [`View`] is dropped. Where the event is refused
    /// (consent denied, session not sampled) the view does nothing.
    pub fn impression(&self, impression: Impression) -> View {
        let handle = self
            .shared()
            .act(|engine, now| engine.render(now, impression));
        View::new(self.clone(), handle.ok().and_then(Result::ok))
    }

    /// Records an event that belongs to no watched impression. Returns its number within this start; from then on it
    /// outlives the process, where the client has a directory and consent allows to store.
    ///
    /// # Errors
    /// [`NotRecorded`] says why it was not recorded.
    pub fn track(&self, event: impl Into<Event>) -> Result<u64, NotRecorded> {
        let event = event.into();
        Ok(self
            .shared()
            .act(|engine, now| engine.track(now, event))??)
    }

    /// Another page or screen is shown: its impressions carry it from here on, and those of the page before have ended.
    ///
    /// # Errors
    /// [`NotRecorded`] says why the page view was not recorded.
    pub fn set_page(&self, page: Page) -> Result<u64, NotRecorded> {
        Ok(self
            .shared()
            .act(|engine, now| engine.set_page(now, page))??)
    }

    /// The device changed, such as its viewport on rotation.
    pub fn set_device(&self, device: Device) {
        self.quietly(|engine, now| engine.set_device(now, device));
    }

    /// The visitor's variants of running experiments.
    pub fn set_experiments(&self, experiments: Pairs) {
        self.quietly(|engine, now| engine.set_experiments(now, experiments));
    }

    /// Custom dimensions of what is recorded from here on.
    pub fn set_dimensions(&self, dimensions: Pairs) {
        self.quietly(|engine, now| engine.set_dimensions(now, dimensions));
    }

    /// The visitor's choice. Denied wipes what is queued, on disk too, before this returns.
    pub fn set_consent(&self, consent: Consent) {
        self.quietly(|engine, now| engine.set_consent(now, consent));
    }

    /// Whether the visitor's browser asks not to be tracked.
    pub fn set_gpc(&self, gpc: bool) {
        self.quietly(|engine, now| engine.set_gpc(now, gpc));
    }

    /// Whether the app is in front and has the focus. Nothing counts as seen while it is not.
    pub fn set_active(&self, active: bool) {
        self.quietly(|engine, now| engine.set_active(now, active));
    }

    /// The visitor did something: moved, scrolled, typed. Makes the next seconds engaged ones.
    pub fn activity(&self) {
        self.quietly(Engine::activity);
    }

    /// The app goes to the background: what is watched is told as it stands, what is queued is closed and sent while there is
    /// time. The app then counts as inactive: nothing is seen until [`set_active(true)`](Client::set_active).
    pub fn background(&self) {
        self.quietly(Engine::background);
    }

    /// Forgets the visitor: asks the collector to erase what it has, and mints a new visitor id.
    pub fn forget(&self) {
        self.quietly(Engine::forget);
    }

    /// Closes the open batch and sends what is due, for at most `timeout`. `.await` it, or call [`Flush::wait`].
    pub fn flush(&self, timeout: Duration) -> Flush {
        self.quietly(Engine::flush);
        self.shared().wait_until(Until::Settled, timeout)
    }

    /// Flushes for at most `timeout` and stops: the directory is then free for another client, and nothing more is recorded.
    pub fn shutdown(&self, timeout: Duration) -> Flush {
        self.owner.shutdown(timeout)
    }

    /// What became of every event, over all starts that shared the directory:
    /// `captured` = `delivered` + `queued` + the sum of `lost`.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared().look(Engine::stats)
    }

    /// Waits until nothing is due at the clock's present and every upload that was due is answered.
    #[doc(hidden)]
    pub fn settle(&self, timeout: Duration) -> Flush {
        self.shared().wait_until(Until::Settled, timeout)
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.owner.shared
    }

    /// For what returns nothing to anyone: after a shutdown it changes nothing.
    fn quietly(&self, act: impl FnOnce(&mut Engine, Now)) {
        let _: Result<(), Stopped> = self.shared().act(act);
    }
}

impl Owner {
    fn shutdown(&self, timeout: Duration) -> Flush {
        let _: Result<(), Stopped> = self.shared.act(Engine::shutdown);
        self.shared.wait_until(Until::Stopped, timeout)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let flush = self.shutdown(self.drop_timeout);
        // On a runtime that was handed over, this thread may be the one the worker needs: let it finish by itself.
        if self.own_thread || tokio::runtime::Handle::try_current().is_err() {
            flush.wait();
        }
    }
}

impl From<Stopped> for NotRecorded {
    fn from(_: Stopped) -> Self {
        NotRecorded::Stopped
    }
}
