//! The service: streams with their buffers, served over HTTP, delivering as time goes by.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::buffer::{Buffer, Held};
use crate::deliver::{self, Object};
use crate::faults::{Counts, Dice, Faults};
use crate::key::unique;
use crate::refusal::Refusal;
use crate::settings::{Settings, StreamSettings};
use crate::{api, runtime};

/// A running Firehose. Dropping it loses what waits, as nothing at AWS does: [`flush`](Self::flush) first.
#[derive(Debug)]
pub struct FirehoseSim {
    address: SocketAddr,
    service: Arc<Service>,
    flushes: mpsc::UnboundedSender<oneshot::Sender<()>>,
    tasks: [JoinHandle<()>; 2],
}

impl FirehoseSim {
    /// Listens on `listen`, which has to be an address of this machine alone.
    ///
    /// # Errors
    /// Where the address can't be bound.
    pub async fn start(listen: &str, settings: Settings) -> Result<Self> {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen at {listen}"))?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::new(settings));
        let (flushes, asked) = mpsc::unbounded_channel();
        let routes = routes(Arc::clone(&service), flushes.clone());
        let serving = tokio::spawn(async move {
            // Ends with the process: a listener of this machine does not fail.
            drop(axum::serve(listener, routes).await);
        });
        let delivering = tokio::spawn(deliver_all(Arc::clone(&service), asked));
        Ok(Self {
            address,
            service,
            flushes,
            tasks: [serving, delivering],
        })
    }

    /// Where it listens: `AWS_ENDPOINT_URL_FIREHOSE`, and without the scheme `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `PutRecordBatch` without the way there. Gives the numbers of the records that failed.
    ///
    /// # Errors
    /// What the call would be refused with.
    pub fn put(&self, stream: &str, records: Vec<Bytes>) -> Result<Vec<usize>> {
        let taken = self.service.put(stream, records);
        let taken = taken
            .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?
            .into_iter();
        let failed = taken.enumerate().filter(|(_, id)| id.is_none());
        Ok(failed.map(|(number, _)| number).collect())
    }

    /// From here on this goes wrong.
    pub fn set_faults(&self, faults: Faults) {
        self.service.state().faults = faults;
    }

    /// What was done since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.service.counts()
    }

    /// Delivers what waits, whatever the buffers' hints say. Returns after one attempt at the bucket.
    pub async fn flush(&self) {
        flush(&self.flushes).await;
    }
}

impl Drop for FirehoseSim {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

#[derive(Debug)]
pub(crate) struct Service {
    settings: Settings,
    pub(crate) runtime: runtime::Runtime,
    state: Mutex<ServiceState>,
    came: Notify,
}

#[derive(Debug)]
struct ServiceState {
    /// In the order of the settings' streams.
    buffers: Vec<Buffer>,
    faults: Faults,
    counts: Counts,
    dice: Dice,
}

impl Service {
    fn new(settings: Settings) -> Self {
        let state = ServiceState {
            buffers: settings.streams.iter().map(|_| Buffer::default()).collect(),
            faults: Faults::default(),
            counts: Counts::default(),
            dice: Dice::new(),
        };
        Self {
            settings,
            runtime: runtime::Runtime::default(),
            state: Mutex::new(state),
            came: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, ServiceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        (self.settings.clock)()
    }

    pub(crate) fn count(&self, count: impl FnOnce(&mut Counts)) {
        count(&mut self.state().counts);
    }

    fn counts(&self) -> Counts {
        let state = self.state();
        let waiting: usize = state.buffers.iter().map(Buffer::len).sum();
        Counts {
            waiting: waiting as u64,
            ..state.counts
        }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        let streams = self.settings.streams.iter();
        streams.map(|stream| stream.name.as_str()).collect()
    }

    pub(crate) fn stream(&self, name: &str) -> Result<&StreamSettings, Refusal> {
        let mut streams = self.settings.streams.iter();
        streams
            .find(|stream| stream.name == name)
            .ok_or_else(|| Refusal::no_stream(name))
    }

    /// Takes records: an id for each, or none where it failed by itself.
    pub(crate) fn put(&self, name: &str, data: Vec<Bytes>) -> Result<Vec<Option<String>>, Refusal> {
        self.stream(name)?;
        let arrived_ms = self.now_ms();
        let mut state = self.state();
        let ServiceState {
            buffers,
            faults,
            counts,
            dice,
        } = &mut *state;
        counts.calls += 1;
        let throttled = dice.strikes(faults.throttle_calls);
        if faults.down || throttled {
            counts.failed_calls += 1;
            return Err(if faults.down {
                Refusal::failed()
            } else {
                Refusal::throttled()
            });
        }
        let streams = self.settings.streams.iter();
        let Some((_, buffer)) = streams.zip(buffers).find(|(stream, _)| stream.name == name) else {
            return Err(Refusal::no_stream(name));
        };
        let mut answers = Vec::with_capacity(data.len());
        for data in data {
            if dice.strikes(faults.fail_entries) {
                counts.failed_entries += 1;
                answers.push(None);
                continue;
            }
            let id = unique().map_err(|_| Refusal::failed())?;
            counts.taken += 1;
            counts.bytes += data.len() as u64;
            counts.billed_bytes += (data.len() as u64).div_ceil(BILLED_STEP) * BILLED_STEP;
            buffer.push(Held {
                id: id.clone(),
                data,
                arrived_ms,
            });
            answers.push(Some(id));
        }
        let lost = dice.strikes(faults.lose_answers);
        if lost {
            counts.failed_calls += 1;
        }
        drop(state);
        self.came.notify_one();
        if lost {
            Err(Refusal::failed())
        } else {
            Ok(answers)
        }
    }

    pub(crate) async fn put_object(&self, key: &str, body: Bytes) -> Result<()> {
        anyhow::ensure!(!self.state().faults.bucket_down, "told to refuse objects");
        let parts = key.split('/').filter(|part| !part.is_empty());
        let path = parts.fold(self.settings.root.clone(), Path::join);
        self.settings.bucket.put(&path, body.into()).await?;
        Ok(())
    }

    /// Takes what is due, or everything.
    fn take(&self, all: bool) -> Vec<(&StreamSettings, Vec<Held>)> {
        let now_ms = self.now_ms();
        let mut state = self.state();
        let streams = self.settings.streams.iter().zip(&mut state.buffers);
        streams
            .filter(|(stream, buffer)| all || buffer.is_due(stream, now_ms))
            .map(|(stream, buffer)| (stream, buffer.take()))
            .collect()
    }
}

/// What a record's size is rounded up to on the bill.
const BILLED_STEP: u64 = 5 * 1_024;

/// Delivers what is due, and everything when asked; keeps trying what the bucket refused.
async fn deliver_all(
    service: Arc<Service>,
    mut flushes: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
) {
    let mut waiting: Vec<Object> = Vec::new();
    // The clock may be one that a test moves, so it is looked at.
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        let flushed = tokio::select! {
            asked = flushes.recv() => match asked {
                Some(flushed) => Some(flushed),
                None => return,
            },
            () = service.came.notified() => None,
            _ = looks.tick() => None,
        };
        for (stream, batch) in service.take(flushed.is_some()) {
            match deliver::objects(&service, stream, batch).await {
                Ok(objects) => waiting.extend(objects),
                Err(error) => eprintln!("{}: {error:#}", stream.name),
            }
        }
        deliver::put(&service, &mut waiting).await;
        if let Some(flushed) = flushed {
            // Whoever asked may have gone.
            let _ = flushed.send(());
        }
    }
}

/// How often the clock is looked at (ours).
const LOOK_EVERY: Duration = Duration::from_millis(50);

async fn flush(flushes: &mpsc::UnboundedSender<oneshot::Sender<()>>) {
    let (flushed, wait) = oneshot::channel();
    if flushes.send(flushed).is_ok() {
        drop(wait.await);
    }
}

fn routes(service: Arc<Service>, flushes: mpsc::UnboundedSender<oneshot::Sender<()>>) -> Router {
    let runtime = Router::new()
        .route("/invocation/next", get(runtime::next))
        .route("/invocation/{id}/response", post(runtime::response))
        .route("/invocation/{id}/error", post(runtime::error));
    // For tests in other processes.
    let sim = Router::new()
        .route("/faults", put(set_faults))
        .route("/counts", get(counts))
        .route("/flush", post(async move || flush(&flushes).await));
    Router::new()
        .route("/", post(api::call))
        .nest("/2018-06-01/runtime", runtime)
        .nest("/sim", sim)
        // Beyond every limit of its own, so that it is the limits that refuse.
        .layer(DefaultBodyLimit::max(32 << 20))
        .with_state(service)
}

async fn set_faults(State(service): State<Arc<Service>>, Json(faults): Json<Faults>) {
    service.state().faults = faults;
}

async fn counts(State(service): State<Arc<Service>>) -> Json<Counts> {
    Json(service.counts())
}
