//! Setting a client up: settings checked, the journal opened, two threads started. The network is not touched.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eyeline::host::{OsEntropy, Shared};
use eyeline::journal::Journal;
use eyeline_core::{self as core, AffiliateId, Engine, Entropy, Label, SamplingRate, Saved};

use crate::bell::{Bell, WorkersBell};
use crate::endpoint::Endpoint;
use crate::ffi::{Config, Listener, Seeded, StartError, Transport, dimensions, experiments};
use crate::invalid::{Invalid, Invalids};
use crate::post::{self, Post};
use crate::tell::Tell;
use crate::worker::{self, Timer, Worker};

/// What the parts of a running client share.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) shared: Arc<Shared<WorkersBell>>,
    pub(crate) bell: Arc<Bell>,
    pub(crate) invalids: Arc<Invalids>,
}

/// Starts a client.
pub(crate) fn start(
    config: Config,
    transport: Arc<dyn Transport>,
    listener: Option<Arc<dyn Listener>>,
) -> Result<Started, StartError> {
    let timeout_ms = config.request_timeout_ms.unwrap_or(REQUEST_TIMEOUT_MS);
    let tag = config.debug_tag.clone();
    let endpoint = Endpoint::new(&config.endpoint, &config.write_key, tag, timeout_ms)?;
    let settings = settings(&config, &endpoint)?;
    let (journal, saved) = match &config.directory {
        None => (None, Saved::default()),
        Some(path) => {
            let cap = u64::try_from(settings.queue_bytes.max(core::limits::QUEUE_BYTES_MAX));
            let cap = cap.unwrap_or(u64::MAX).saturating_mul(JOURNAL_TIMES_QUEUE);
            let (journal, saved) = Journal::open(Path::new(path), cap)?;
            (Some(journal), saved)
        }
    };
    let (timer, bits): (Timer, Box<dyn Entropy + Send>) = match &config.test {
        None => (Timer::System, Box::new(OsEntropy)),
        Some(rig) => (
            Timer::Stepped(rig.clock.0.clone()),
            Box::new(Seeded(rig.seed)),
        ),
    };
    let clock = timer.clock();
    let now = clock.now();
    let mut engine = Engine::start(settings, saved, now, bits);
    engine.set_active(now, config.active);
    let tell = listener.map(|listener| Tell::new(listener, &engine.stats(now)));

    let bell = Arc::new(Bell::default());
    let bells = WorkersBell(Arc::clone(&bell));
    let shared = Arc::new(Shared::new(engine, journal, clock, bells));
    let (post, invalids) = (Arc::new(Post::default()), Arc::new(Invalids::default()));
    let (answers, rests) = (Arc::clone(&shared), Arc::clone(&bell));
    post::start(
        Arc::clone(&post),
        endpoint,
        transport,
        move |ticket, answer| answers.answer(ticket, answer),
        move || rests.ring(),
    )
    .map_err(|_| StartError::System)?;
    let worker = Worker {
        shared: Arc::clone(&shared),
        bell: Arc::clone(&bell),
        post: Arc::clone(&post),
        timer,
        tell,
        invalids: Arc::clone(&invalids),
    };
    worker::start(worker).map_err(|_| {
        post.close();
        StartError::System
    })?;
    Ok(Started {
        shared,
        bell,
        invalids,
    })
}

fn settings(config: &Config, endpoint: &Endpoint) -> Result<core::Config, Invalid> {
    let affiliate = AffiliateId::new(&config.affiliate).map_err(Invalid::of)?;
    let sdk = match config.test.as_ref().and_then(|rig| rig.sdk.as_ref()) {
        Some(sdk) => sdk,
        None => config.sdk.as_deref().unwrap_or(SDK),
    };
    let sdk = Label::new(sdk).map_err(Invalid::of)?;
    let defaults = core::Config::new(affiliate, sdk);
    if config.batch_age_ms == Some(0) {
        return Err(Invalid("the batch age must be longer than zero".to_owned()));
    }
    let count = |given: Option<u32>, default: usize| {
        given.map_or(default, |count| {
            usize::try_from(count).unwrap_or(usize::MAX)
        })
    };
    Ok(core::Config {
        consent: config.consent.map_or(defaults.consent, Into::into),
        gpc: config.gpc,
        children: config.children,
        page: config.page.clone().map(TryInto::try_into).transpose()?,
        device: config.device.clone().unwrap_or_default().try_into()?,
        experiments: experiments(&config.experiments)?,
        dimensions: dimensions(&config.dimensions)?,
        sampling: match config.sampling {
            Some(rate) => SamplingRate::new(rate).map_err(Invalid::of)?,
            None => defaults.sampling,
        },
        batch_age: config
            .batch_age_ms
            .map_or(defaults.batch_age, Duration::from_millis),
        batch_events: count(config.batch_events, defaults.batch_events),
        queue_events: count(config.queue_events, defaults.queue_events),
        queue_bytes: count(config.queue_bytes, defaults.queue_bytes),
        credentials_tag: endpoint.tag(),
        ..defaults
    })
}

/// Names this SDK on the wire where no layer above does.
const SDK: &str = concat!("mobile/", env!("CARGO_PKG_VERSION"));

/// Ours: long enough for a full batch over a poor mobile network.
const REQUEST_TIMEOUT_MS: u64 = 30_000;

/// Ours: the journal may take three times what the queue may hold, since dead entries go a segment at a time and a whole copy may
/// have to stand beside the old one.
const JOURNAL_TIMES_QUEUE: u64 = 3;
