//! A collector on 127.0.0.1 that answers as it was told to and notes what it got.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::routing::post;
use eyeline_core::wire::{Answer, Batch, Why};
use flate2::read::GzDecoder;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

/// How to answer one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Take everything.
    Take,
    /// Take all but the events with these numbers.
    Reject(Vec<u64>),
    /// Say this instead.
    Say {
        code: u16,
        header: Option<(&'static str, String)>,
        body: &'static str,
    },
    /// Break the connection in the middle of the answer.
    BreakOff,
    /// Never answer.
    Hang,
}

impl Reply {
    pub(crate) fn code(code: u16) -> Self {
        Reply::Say {
            code,
            header: None,
            body: "",
        }
    }
}

/// One event as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Got {
    pub(crate) inst: String,
    pub(crate) n: u64,
    pub(crate) kind: String,
    pub(crate) order: Option<String>,
    pub(crate) why: Option<String>,
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: &'static str,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) events: Vec<Got>,
    pub(crate) body: Vec<u8>,
    pub(crate) loss: BTreeMap<String, u64>,
    pub(crate) taken: bool,
}

#[derive(Debug, Default)]
struct Log {
    script: VecDeque<Reply>,
    requests: Vec<Request>,
}

/// A port where nobody listens yet: connections are refused. It is held meanwhile, or another test might be given it.
#[derive(Debug)]
pub(crate) struct Silent(TcpSocket);

impl Silent {
    pub(crate) fn hold() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Silent(socket)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    pub(crate) fn start(self) -> Collector {
        Collector::listen(self.0.listen(1_024).unwrap())
    }
}

/// See the module. Dropped, it closes its port and every connection.
#[derive(Debug)]
pub(crate) struct Collector {
    address: SocketAddr,
    log: Arc<Mutex<Log>>,
    task: JoinHandle<()>,
}

impl Collector {
    /// Listens on a port the system chooses.
    pub(crate) async fn start() -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn listen(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let router = Router::new()
            .route("/v1/batch", post(batch))
            .route("/v1/forget", post(forget))
            .with_state(Arc::clone(&log));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Collector { address, log, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How to answer the next requests, in order. Afterwards everything is taken.
    pub(crate) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.log.lock().unwrap().script.extend(replies);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().requests.clone()
    }

    /// The events of every batch that was taken, in order of arrival.
    pub(crate) fn taken(&self) -> Vec<Got> {
        self.requests()
            .into_iter()
            .filter(|request| request.taken)
            .flat_map(|request| request.events)
            .collect()
    }

    /// The same, and forgets them.
    pub(crate) fn take_events(&self) -> Vec<Got> {
        let taken = self.taken();
        self.log.lock().unwrap().requests.clear();
        taken
    }

    /// The orders of the conversions among them.
    pub(crate) fn orders(&self) -> Vec<String> {
        self.taken()
            .into_iter()
            .filter_map(|event| event.order)
            .collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn batch(
    State(log): State<Arc<Mutex<Log>>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    assert!(
        !headers.contains_key(header::CONTENT_ENCODING),
        "gzip is told by its magic"
    );
    let mut raw = Vec::new();
    GzDecoder::new(&body[..]).read_to_end(&mut raw).unwrap();
    let batch = Batch::decode(&raw).unwrap();
    let events: Vec<Got> = batch
        .events
        .iter()
        .map(|event| Got {
            inst: batch.inst.as_str().to_owned(),
            n: event.n,
            kind: event.kind.as_str().to_owned(),
            order: event.order.as_ref().map(ToString::to_string),
            why: event.why.as_ref().map(ToString::to_string),
        })
        .collect();
    let loss = batch
        .loss
        .iter()
        .map(|(reason, count)| (reason.to_string(), *count))
        .collect();
    let numbers: Vec<u64> = events.iter().map(|event| event.n).collect();
    let request = Request {
        path: "batch",
        query: pairs(query),
        events,
        body: body.to_vec(),
        loss,
        taken: false,
    };
    answer(&log, request, &numbers).await
}

async fn forget(
    State(log): State<Arc<Mutex<Log>>>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response<Body> {
    let request = Request {
        path: "forget",
        query: pairs(query),
        events: Vec::new(),
        body: body.to_vec(),
        loss: BTreeMap::new(),
        taken: false,
    };
    answer(&log, request, &[1]).await
}

async fn answer(log: &Mutex<Log>, mut request: Request, numbers: &[u64]) -> Response<Body> {
    let reply = {
        let mut log = log.lock().unwrap();
        let reply = log.script.pop_front().unwrap_or(Reply::Take);
        request.taken = matches!(reply, Reply::Take | Reply::Reject(_));
        if let Reply::Reject(rejected) = &reply {
            request.events.retain(|event| !rejected.contains(&event.n));
        }
        log.requests.push(request);
        reply
    };
    let rejected = match reply {
        Reply::Take => Vec::new(),
        Reply::Reject(rejected) => rejected,
        Reply::Say { code, header, body } => {
            let mut response = Response::builder().status(StatusCode::from_u16(code).unwrap());
            if let Some((name, value)) = header {
                response = response.header(name, value);
            }
            return response.body(Body::from(body)).unwrap();
        }
        Reply::BreakOff => {
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            let parts = [Ok(Bytes::from_static(b"{\"v\":1,")), Err(broken)];
            return Response::new(Body::from_stream(futures::stream::iter(parts)));
        }
        Reply::Hang => std::future::pending().await,
    };
    let ok = (numbers.len() - rejected.len()) as u64;
    let rejected = rejected.into_iter().map(|n| (Some(n), Why::TooLarge));
    Response::new(Body::from(Answer::new(ok, rejected).encode()))
}

fn pairs(query: Option<String>) -> BTreeMap<String, String> {
    let query = query.unwrap_or_default();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
}
