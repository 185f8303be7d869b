//! Setting a client up: three things it must know, and defaults for the rest.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eyeline_core::{
    AffiliateId, Config, Consent, Device, Engine, Label, Page, Pairs, SamplingRate, Saved, limits,
};
use tokio::runtime::Handle;

use super::bells::{Bells, Shared};
use super::endpoint::Endpoint;
use super::error::BuildError;
use super::handle::Client;
use super::timer::Timer;
use super::transport::Transport;
use super::worker::{self, Place, Work};
use crate::host::{OsEntropy, SteppedClock, SystemClock};
use crate::journal::Journal;

/// Sets up a [`Client`]. Made by [`Client::builder`].
#[derive(Debug, Clone)]
#[must_use = "nothing is measured before `build`"]
pub struct Builder {
    endpoint: String,
    write_key: String,
    affiliate: String,
    store: Option<Store>,
    settings: Settings,
    active: bool,
    place: Place,
    clock: Arc<dyn Timer>,
    request_timeout: Duration,
    drop_timeout: Duration,
    sync_every: Duration,
    debug_tag: Option<String>,
}

#[derive(Debug, Clone)]
enum Store {
    Directory(PathBuf),
    Memory,
}

/// What the engine is told at start.
#[derive(Debug, Clone, Default)]
struct Settings {
    consent: Consent,
    gpc: bool,
    children: bool,
    page: Option<Page>,
    device: Device,
    experiments: Pairs,
    dimensions: Pairs,
    sampling: Option<SamplingRate>,
    batch_age: Option<Duration>,
    batch_events: Option<usize>,
}

impl Builder {
    pub(super) fn new(endpoint: &str, write_key: &str, affiliate: &str) -> Self {
        Builder {
            endpoint: endpoint.to_owned(),
            write_key: write_key.to_owned(),
            affiliate: affiliate.to_owned(),
            store: None,
            settings: Settings::default(),
            active: true,
            place: Place::OwnThread,
            clock: Arc::new(SystemClock),
            request_timeout: REQUEST_TIMEOUT,
            drop_timeout: DROP_TIMEOUT,
            sync_every: SYNC_EVERY,
            debug_tag: None,
        }
    }

    /// Keeps events in this directory until the collector has taken them: they outlive a crash and `kill -9`. It is created
    /// for its owner alone, and belongs to one client at a time.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.store = Some(Store::Directory(path.into()));
        self
    }

    /// Keeps events in memory only. What was not sent when the process ends is lost.
    pub fn in_memory(mut self) -> Self {
        self.store = Some(Store::Memory);
        self
    }

    /// What is known of the visitor's consent. Pending until it is said otherwise: events then stay in memory, nothing is
    /// stored or sent. A choice stored earlier stands, unless this one is stricter.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.settings.consent = consent;
        self
    }

    /// Whether the visitor's browser asks not to be tracked (Global Privacy Control): measure only, whatever the consent.
    pub fn gpc(mut self, gpc: bool) -> Self {
        self.settings.gpc = gpc;
        self
    }

    /// Whether the audience are children (COPPA): measure only, whatever the consent.
    pub fn children(mut self, children: bool) -> Self {
        self.settings.children = children;
        self
    }

    /// The page or screen shown at start.
    pub fn page(mut self, page: Page) -> Self {
        self.settings.page = Some(page);
        self
    }

    /// The device.
    pub fn device(mut self, device: Device) -> Self {
        self.settings.device = device;
        self
    }

    /// The variants of running experiments.
    pub fn experiments(mut self, experiments: Pairs) -> Self {
        self.settings.experiments = experiments;
        self
    }

    /// Custom dimensions.
    pub fn dimensions(mut self, dimensions: Pairs) -> Self {
        self.settings.dimensions = dimensions;
        self
    }

    /// The share of sessions that is recorded. All by default.
    pub fn sampling(mut self, rate: SamplingRate) -> Self {
        self.settings.sampling = Some(rate);
        self
    }

    /// Whether the app starts in front and with the focus. True by default; [`Client::set_active`] says when that changes.
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    /// How old the first event of a batch gets before the batch is sent. 30 s by default.
    pub fn batch_age(mut self, age: Duration) -> Self {
        self.settings.batch_age = Some(age);
        self
    }

    /// How many events make a batch full. 100 by default, 500 at most.
    pub fn batch_events(mut self, events: usize) -> Self {
        self.settings.batch_events = Some(events);
        self
    }

    /// Runs the worker on this runtime, so that many clients share its threads. By default a client has a thread of its own.
    ///
    /// The runtime must have its I/O and time drivers enabled, and outlive the client: once it is gone nothing is sent, the
    /// thread that records also syncs the journal (at most once a second), and what can't be stored is refused. Don't block one of its threads in
    /// [`Flush::wait`](crate::Flush::wait): `.await` the flush there.
    pub fn runtime(mut self, runtime: Handle) -> Self {
        self.place = Place::On(runtime);
        self
    }

    /// How long one request may take, the answer included. 30 s by default.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// How long dropping the last handle may take to send what is queued. 2 s by default; zero leaves everything stored
    /// for the next start.
    pub fn drop_timeout(mut self, timeout: Duration) -> Self {
        self.drop_timeout = timeout;
        self
    }

    /// How long after an event was written the journal is synced to disk, against power loss. 1 s by default.
    pub fn sync_every(mut self, pause: Duration) -> Self {
        self.sync_every = pause;
        self
    }

    /// Marks every request, so that this client's events can be watched live at the collector.
    pub fn debug_tag(mut self, tag: &str) -> Self {
        self.debug_tag = Some(tag.to_owned());
        self
    }

    /// Reads the time from a clock that its owner sets.
    #[doc(hidden)]
    pub fn clock(mut self, clock: &SteppedClock) -> Self {
        self.clock = Arc::new(clock.clone());
        self
    }

    /// Checks the settings, opens the journal and starts the worker. The network is not touched.
    ///
    /// # Errors
    /// [`BuildError`] names the setting to change, or what the machine refused.
    pub fn build(self) -> Result<Client, BuildError> {
        let mut endpoint = Endpoint::new(&self.endpoint, &self.write_key)?;
        if let Some(tag) = &self.debug_tag {
            endpoint.tag_requests(tag).ok_or(BuildError::DebugTag)?;
        }
        let config = self.config(&endpoint)?;
        for (time, what) in [
            (self.request_timeout, "request_timeout"),
            (config.batch_age, "batch_age"),
        ] {
            if time.is_zero() {
                return Err(BuildError::ZeroTime { what });
            }
        }
        let transport = Transport::new(endpoint, self.request_timeout)?;
        let (journal, saved) = match self.store.ok_or(BuildError::NoStore)? {
            Store::Memory => (None, Saved::default()),
            Store::Directory(path) => {
                let (journal, saved) = Journal::open(&path, JOURNAL_BYTES_MAX)?;
                (Some(journal), saved)
            }
        };
        let now = self.clock.now();
        let mut engine = Engine::start(config, saved, now, Box::new(OsEntropy));
        engine.set_active(now, self.active);
        let clock = Arc::clone(&self.clock);
        let shared = Arc::new(Shared::new(engine, journal, clock, Bells::default()));
        let work = Work {
            shared: Arc::clone(&shared),
            transport,
            timer: self.clock,
            sync_every: self.sync_every,
        };
        worker::start(work, &self.place).map_err(BuildError::Thread)?;
        let own_thread = matches!(self.place, Place::OwnThread);
        Ok(Client::new(shared, self.drop_timeout, own_thread))
    }

    fn config(&self, endpoint: &Endpoint) -> Result<Config, BuildError> {
        let affiliate = AffiliateId::new(&self.affiliate).map_err(BuildError::Affiliate)?;
        let sdk = Label::new(SDK).expect("the crate's own name and version are a valid label");
        let settings = self.settings.clone();
        let defaults = Config::new(affiliate, sdk);
        Ok(Config {
            consent: settings.consent,
            gpc: settings.gpc,
            children: settings.children,
            page: settings.page,
            device: settings.device,
            experiments: settings.experiments,
            dimensions: settings.dimensions,
            sampling: settings.sampling.unwrap_or(defaults.sampling),
            batch_age: settings.batch_age.unwrap_or(defaults.batch_age),
            batch_events: settings.batch_events.unwrap_or(defaults.batch_events),
            credentials_tag: endpoint.tag(),
            ..defaults
        })
    }
}

/// Names this SDK on the wire.
const SDK: &str = concat!("rust/", env!("CARGO_PKG_VERSION"));

/// Ours: long enough for a full batch over a poor mobile network.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Ours: what a user accepts when an app closes. Stored events lose nothing by it.
const DROP_TIMEOUT: Duration = Duration::from_secs(2);

/// Ours: at most this much goes with the power; syncing more often costs battery.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Ours: three times what the engine's queue may hold, since dead entries go a segment at a time and a whole copy may have
/// to stand beside the old one.
const JOURNAL_BYTES_MAX: u64 = 3 * limits::QUEUE_BYTES_MAX as u64;
