//! The client for phones, as Kotlin and Swift call it: its own threads, its own worker, a transport that asks the player.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};
use eyeline_core::{HostAnswer, Now};
use eyeline_mobile as mobile;
use eyeline_mobile::{Client, TestClock, TestRig, Transport, TransportError};
use tempfile::TempDir;

use crate::host::{Counts, Host, Request};
use crate::said;
use crate::scenario::{Call, Choice, Given};

/// One device: a directory, and the client that runs on it.
#[derive(Debug)]
pub struct MobileHost {
    directory: TempDir,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    client: Arc<Client>,
    clock: Arc<TestClock>,
    wire: Arc<Wire>,
    views: BTreeMap<u64, u64>,
}

impl MobileHost {
    /// A device on which nothing ran yet.
    ///
    /// # Errors
    /// Where it gets no directory.
    pub fn new() -> Result<Self> {
        Ok(Self {
            directory: TempDir::new().context("no directory for the journal")?,
            running: None,
        })
    }
}

impl Host for MobileHost {
    fn start(&mut self, now: Now, given: &Given, choice: Choice, seed: u64) -> Result<()> {
        let clock = TestClock::new(now.wall.as_i64(), now.mono.as_u64());
        let wire = Arc::new(Wire::default());
        let mut config = said::config(given, choice);
        config.directory = Some(self.directory.path().to_string_lossy().into_owned());
        config.test = Some(TestRig {
            clock: Arc::clone(&clock),
            seed,
            sdk: Some(given.sdk.clone()),
        });
        let transport: Arc<dyn Transport> = Arc::clone(&wire) as _;
        let client = Client::new(config, transport, None)?;
        self.running = Some(Running {
            client,
            clock,
            wire,
            views: BTreeMap::new(),
        });
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        if let Some(running) = self.running.take() {
            running.client.abandon();
            running.wire.cut();
        }
        Ok(())
    }

    fn call(&mut self, now: Now, call: &Call) -> Result<()> {
        let running = self.running.as_mut().context("no client runs")?;
        running.set(now);
        running.call(call)
    }

    fn request(&mut self, now: Now) -> Result<Option<Request>> {
        let running = self.running.as_mut().context("no client runs")?;
        running.set(now);
        running.rest(|client| client.settle(LONG_MS));
        let Some(request) = running.wire.next() else {
            return Ok(None);
        };
        Request::seen(&request.url, request.body).map(Some)
    }

    fn answer(&mut self, _: Now, answer: &HostAnswer) -> Result<()> {
        let running = self.running.as_ref().context("no client runs")?;
        running.wire.answer(match answer {
            HostAnswer::Http {
                code,
                retry_after,
                body,
            } => Ok(mobile::Response {
                status: *code,
                retry_after: retry_after.clone(),
                body: body.clone(),
            }),
            HostAnswer::TimedOut => Err(TransportError::TimedOut),
            _ => Err(TransportError::Unreachable),
        });
        Ok(())
    }

    fn is_store_used(&self) -> Result<bool> {
        crate::host::holds_a_byte(self.directory.path())
    }

    fn counts(&mut self, _: Now) -> Result<Counts> {
        let Some(running) = &self.running else {
            return Ok(Counts::default());
        };
        let stats = running.client.stats();
        Ok(Counts {
            captured: stats.captured,
            delivered: stats.delivered,
            queued: stats.queued,
            erasures: stats.erasures,
            lost: said::lost(&stats),
        })
    }
}

impl Running {
    fn set(&self, now: Now) {
        self.clock.set(now.wall.as_i64(), now.mono.as_u64());
    }

    /// Has something waited for that ends when the client rests; requests come meanwhile.
    fn rest<R>(&self, wait: impl FnOnce(&Client) -> R + Send + 'static) {
        if self.wire.begin_rest() {
            let (client, wire) = (Arc::clone(&self.client), Arc::clone(&self.wire));
            thread::spawn(move || {
                let _ = wait(&client);
                wire.rests();
            });
        }
    }

    fn call(&mut self, call: &Call) -> Result<()> {
        let client = &self.client;
        // Of a view that was never recorded the client knows nothing: 0 is no view.
        let view = |view: &u64| self.views.get(view).copied().unwrap_or(0);
        match call {
            Call::Active { active } => client.set_active(*active),
            Call::Activity {} => client.activity(),
            Call::Render(render) => {
                let id = client.impression(said::impression(render));
                self.views.insert(render.view, id);
            }
            Call::Visible {
                view: of,
                fraction,
                width,
                height,
            } => client.visible(view(of), *fraction, *width, *height),
            Call::Click { view: of, .. } => drop(client.click(view(of), said::click(call))),
            Call::Media { view: of, .. } => drop(client.media(view(of), said::media(call)?)),
            Call::Hide { view: of, why } => drop(client.hide(view(of), why.clone())),
            Call::Serve(served) => drop(client.serve(said::serve(served))),
            Call::Convert { .. } => drop(client.convert(said::convert(call))),
            Call::Page(page) => drop(client.page(said::page(page))),
            Call::Device(device) => client.set_device(said::device(device)),
            Call::Consent { choice } => client.set_consent(said::consent(*choice)),
            Call::Gpc { on } => client.set_gpc(*on),
            Call::Forget {} => client.forget(),
            // Without waiting: the player answers what it sends.
            Call::Flush {} => drop(client.flush(0)),
            Call::Background {} => client.background(),
            Call::Shutdown {} => self.rest(|client| client.shutdown(LONG_MS)),
            _ => bail!("{call:?} is not the client's"),
        }
        Ok(())
    }
}

/// Between the client's sending thread and the player: one request at a time.
#[derive(Debug, Default)]
struct Wire {
    state: Mutex<OnWire>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct OnWire {
    request: Option<mobile::Request>,
    answer: Option<Result<mobile::Response, TransportError>>,
    /// Somebody waits for the client to rest.
    waits: bool,
    rests: bool,
    cut: bool,
}

impl Wire {
    fn lock(&self) -> MutexGuard<'_, OnWire> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut OnWire)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// True where nobody waits yet.
    fn begin_rest(&self) -> bool {
        !std::mem::replace(&mut self.lock().waits, true)
    }

    fn rests(&self) {
        self.change(|state| state.rests = true);
    }

    fn cut(&self) {
        self.change(|state| state.cut = true);
    }

    fn answer(&self, answer: Result<mobile::Response, TransportError>) {
        self.change(|state| state.answer = Some(answer));
    }

    /// The next request; `None` once the client rests.
    fn next(&self) -> Option<mobile::Request> {
        let mut state = self.lock();
        loop {
            if let Some(request) = state.request.take() {
                return Some(request);
            }
            if state.rests {
                (state.rests, state.waits) = (false, false);
                return None;
            }
            state = self.wait(state);
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, OnWire>) -> MutexGuard<'a, OnWire> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Wire {
    fn send(&self, request: mobile::Request) -> Result<mobile::Response, TransportError> {
        self.change(|state| state.request = Some(request));
        let mut state = self.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                return answer;
            }
            if state.cut {
                return Err(TransportError::Unreachable);
            }
            state = self.wait(state);
        }
    }
}

/// Longer than anything here takes: a scenario that needs it has failed.
const LONG_MS: u64 = 60_000;
