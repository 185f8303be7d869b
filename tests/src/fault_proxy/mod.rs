//! A bad network in front of the collector: fails, cuts, repeats and delays requests by a seed, and counts what it did.

mod connection;
mod faults;
mod forward;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use connection::{Cut, Door};
use faults::Fault;
pub use faults::{Counts, Faults};
use forward::{Forwarder, Request};

/// A running proxy. Dropping it closes the door; [`stop`](Self::stop) also delivers what is held back.
///
/// Only `POST` requests suffer, unless the faults say otherwise: health checks and the tail pass through.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    network: Arc<Network>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct Network {
    forwarder: Forwarder,
    state: Mutex<NetworkState>,
}

#[derive(Debug)]
struct NetworkState {
    faults: Faults,
    counts: Counts,
    /// Copies of requests that passed, each with the number of the request after which it is sent again.
    held: Vec<(u64, Request)>,
}

impl FaultProxy {
    /// Listens on `listen` and passes requests on to `upstream` (`http://host:port`).
    ///
    /// # Errors
    /// Where the address can't be bound, `upstream` isn't an address or the faults add up to more than 1.
    pub async fn start(listen: &str, upstream: &str, faults: Faults) -> Result<Self> {
        faults.check()?;
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let network = Arc::new(Network {
            forwarder: Forwarder::new(upstream)?,
            state: Mutex::new(NetworkState {
                faults,
                counts: Counts::default(),
                held: Vec::new(),
            }),
        });
        let routes = Router::new()
            .fallback(pass)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&network));
        let service = routes.into_make_service_with_connect_info::<Cut>();
        let serving = tokio::spawn(async move {
            // It ends only with the task: the door retries what can be retried.
            drop(axum::serve(Door(listener), service).await);
        });
        Ok(Self {
            address,
            network,
            serving,
        })
    }

    /// Where clients send to: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Passes requests on to another address from now on: a collector that came back elsewhere.
    ///
    /// # Errors
    /// Where `upstream` isn't an address.
    pub fn set_upstream(&self, upstream: &str) -> Result<()> {
        self.network.forwarder.set_upstream(upstream)
    }

    /// Changes the network's mood, from the next request on.
    ///
    /// # Errors
    /// Where the faults add up to more than 1.
    pub fn set_faults(&self, faults: Faults) -> Result<()> {
        faults.check()?;
        self.network.state().faults = faults;
        Ok(())
    }

    /// What was injected so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.network.state().counts.clone()
    }

    /// Sends what is still held back, closes the door and gives the final counts.
    pub async fn stop(self) -> Counts {
        self.network.release_held(u64::MAX).await;
        self.serving.abort();
        self.counts()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Network {
    fn state(&self) -> MutexGuard<'_, NetworkState> {
        // A test that panicked elsewhere must not hide its own message behind this one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers the request and draws its fate.
    fn draw(&self) -> (u64, Fault, Option<std::time::Duration>) {
        let mut state = self.state();
        state.counts.requests += 1;
        let number = state.counts.requests;
        let fault = state.faults.draw(number);
        let delay = state.faults.delay(number);
        state.counts.note(fault, delay.is_some());
        (number, fault, delay)
    }

    /// Sends again what was held back until request `number`. What the collector answers is nobody's business any more.
    async fn release_held(&self, number: u64) {
        let due: Vec<_> = {
            let mut state = self.state();
            let (due, later) = std::mem::take(&mut state.held)
                .into_iter()
                .partition(|(until, _)| *until <= number);
            state.held = later;
            due
        };
        for (_, request) in due {
            let _ = self.forward(&request).await;
            self.state().counts.repeated_late += 1;
        }
    }

    async fn forward(&self, request: &Request) -> Response {
        match self.forwarder.forward(request).await {
            Ok(response) => response,
            Err(_) => {
                self.state().counts.unreachable += 1;
                (StatusCode::BAD_GATEWAY, "bad gateway\n").into_response()
            }
        }
    }
}

async fn pass(
    State(network): State<Arc<Network>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let suffers = method == Method::POST || network.state().faults.every_method;
    let request = Request {
        method,
        uri,
        headers,
        body,
    };
    if !suffers {
        return network.forward(&request).await;
    }
    let (number, fault, delay) = network.draw();
    network.release_held(number).await;
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    match fault {
        Fault::None => network.forward(&request).await,
        Fault::Unavailable => unavailable(),
        Fault::UnavailableAfter => {
            drop(network.forward(&request).await);
            unavailable()
        }
        Fault::CutBefore => {
            cut.now();
            StatusCode::NO_CONTENT.into_response()
        }
        Fault::CutAfter => {
            let response = network.forward(&request).await;
            cut.now();
            response
        }
        Fault::Portal => ([(header::CONTENT_TYPE, "text/html")], PORTAL).into_response(),
        Fault::Duplicate => {
            let first = network.forward(&request).await;
            let _ = network.forward(&request).await;
            first
        }
        Fault::RepeatLate => {
            let response = network.forward(&request).await;
            network
                .state()
                .held
                .push((number + HELD_FOR_REQUESTS, request));
            response
        }
    }
}

fn unavailable() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "no server is free\n").into_response()
}

/// What a hotel's network says to everything until one has paid.
const PORTAL: &str = "<!doctype html><title>Welcome</title><p>Please sign in to use the network.";

/// Long enough that the copy falls into another file and another load.
const HELD_FOR_REQUESTS: u64 = 20;
