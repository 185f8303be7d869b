//! A collector as a script, played by the transport itself, and a client on a stepped clock.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use eyeline_core::wire::{Answer, Why};
use eyeline_mobile::{
    Client, Config, Consent, Convert, Impression, Listener, Request, Response, TestClock, TestRig,
    Transport, TransportError,
};
use flate2::read::GzDecoder;
use serde_json::Value;

/// Longer than anything here takes: a test that needs it has failed.
pub(crate) const LONG_MS: u64 = 60_000;

/// 2026-01-01 00:00 UTC.
pub(crate) const WALL_MS: i64 = 1_767_225_600_000;

/// How to answer one request.
pub(crate) enum Reply {
    Take,
    Reject(Vec<u64>),
    Say(Response),
    Fail(TransportError),
    Panic,
    /// Answer once the gate is opened.
    WaitFor(Arc<Gate>),
}

/// Holds an answer back until it is opened.
#[derive(Default)]
pub(crate) struct Gate {
    open: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Gate {
    /// Waits until a request stands before it.
    pub(crate) fn reached(&self) {
        let mut state = self.open.lock().unwrap();
        while !state.0 {
            state = self.changed.wait(state).unwrap();
        }
    }

    pub(crate) fn open(&self) {
        self.open.lock().unwrap().1 = true;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let mut state = self.open.lock().unwrap();
        state.0 = true;
        self.changed.notify_all();
        while !state.1 {
            state = self.changed.wait(state).unwrap();
        }
    }
}

/// A collector that follows a script and then takes everything.
#[derive(Default)]
pub(crate) struct Collector {
    script: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<Request>>,
    taken: Mutex<Vec<Value>>,
}

impl Collector {
    pub(crate) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.script.lock().unwrap().extend(replies);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Every event that was taken, with the key of its instance.
    pub(crate) fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        let kind = |event: &Value| event["k"].as_str().unwrap().to_owned();
        self.taken().iter().map(kind).collect()
    }

    pub(crate) fn orders(&self) -> BTreeSet<String> {
        let order = |event: &Value| event["oid"].as_str().map(str::to_owned);
        self.taken().iter().filter_map(order).collect()
    }

    fn take(&self, body: &[u8], rejected: &[u64]) -> Response {
        let mut events = match json(body)["ev"].take() {
            Value::Array(events) => events,
            _ => Vec::new(),
        };
        let sent = events.len().max(1);
        events.retain(|event| !rejected.contains(&event["n"].as_u64().unwrap()));
        self.taken.lock().unwrap().extend(events);
        let why = rejected.iter().map(|n| (Some(*n), Why::TooLarge));
        Response {
            status: 200,
            retry_after: None,
            body: Answer::new((sent - rejected.len()) as u64, why).encode(),
        }
    }
}

impl Transport for Collector {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        let reply = self.script.lock().unwrap().pop_front();
        self.requests.lock().unwrap().push(request.clone());
        match reply.unwrap_or(Reply::Take) {
            Reply::Take => Ok(self.take(&request.body, &[])),
            Reply::Reject(numbers) => Ok(self.take(&request.body, &numbers)),
            Reply::Say(response) => Ok(response),
            Reply::Fail(error) => Err(error),
            Reply::Panic => panic!("a transport with a defect"),
            Reply::WaitFor(gate) => {
                gate.pass();
                Ok(self.take(&request.body, &[]))
            }
        }
    }
}

pub(crate) fn say(status: u16, retry_after: Option<&str>, body: &str) -> Reply {
    Reply::Say(Response {
        status,
        retry_after: retry_after.map(str::to_owned),
        body: body.as_bytes().to_vec(),
    })
}

/// A body as it was before gzip.
pub(crate) fn json(body: &[u8]) -> Value {
    let mut text = Vec::new();
    if body.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(body).read_to_end(&mut text).unwrap();
    } else {
        text.extend_from_slice(body);
    }
    serde_json::from_slice(&text).unwrap()
}

/// A client on a stepped clock, and its collector.
pub(crate) struct Bench {
    pub(crate) client: Arc<Client>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) collector: Arc<Collector>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|_| (), None)
    }

    pub(crate) fn in_directory(path: &Path) -> Self {
        Self::with(
            |config| config.directory = Some(path.to_str().unwrap().to_owned()),
            None,
        )
    }

    pub(crate) fn with(
        adapt: impl FnOnce(&mut Config),
        listener: Option<Arc<dyn Listener>>,
    ) -> Self {
        let clock = TestClock::new(WALL_MS, 1_000);
        let mut config = config();
        config.test = Some(TestRig {
            clock: Arc::clone(&clock),
            seed: 7,
            sdk: None,
        });
        adapt(&mut config);
        let collector = Arc::new(Collector::default());
        let transport: Arc<dyn Transport> = Arc::clone(&collector) as _;
        let client = Client::new(config, transport, listener).unwrap();
        Bench {
            client,
            clock,
            collector,
        }
    }

    /// Lets time pass, and what falls due in it happen.
    pub(crate) fn pass(&self, ms: u64) {
        self.clock.advance(ms);
        assert!(self.client.settle(LONG_MS));
    }

    /// Lets as much time pass as the next attempt has to wait.
    pub(crate) fn pass_back_off(&self) {
        self.pass(self.client.stats().blocked_for_ms.unwrap_or(0));
    }
}

pub(crate) fn config() -> Config {
    let mut config = Config::new("https://collect.example.com/in", "key-1", "zozo-men");
    config.consent = Some(Consent::Full);
    config
}

/// A conversion that can be told from others.
pub(crate) fn order(number: &str) -> Convert {
    Convert {
        goal: "purchase".to_owned(),
        value: None,
        order: Some(number.to_owned()),
        content: None,
    }
}

pub(crate) fn teaser(content: &str) -> Impression {
    Impression {
        content: content.to_owned(),
        placement: "recs-top".to_owned(),
        position: Some(1),
        measurable: true,
        request: None,
        model: None,
        propensity: None,
        exploration: false,
        variant: None,
        rule: None,
    }
}
