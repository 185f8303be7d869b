//! A collector under test, its keys, and batches to send it.
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use eyeline_collector::{Builder, Collector, EventSink, KeysStatus, MemorySink, ServeError};
use eyeline_core::UnixMillis;
use flate2::{Compression, write::GzEncoder};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// The present of every collector under test.
pub const NOW: i64 = 1_764_000_000_000;
pub const KEY: &str = "wk_news_01";
pub const ADMIN: &str = "an-admin-token-for-tests";
pub const INST: &str = "9kPz3vK2QmWc8RtY";
pub const ANON: &str = "anonanonanonano1";

/// A collector that serves until it is stopped or dropped.
pub struct Door {
    pub address: SocketAddr,
    pub sink: Arc<MemorySink>,
    pub keys_status: watch::Receiver<KeysStatus>,
    folder: TempDir,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeError>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Door {
    pub async fn open() -> Self {
        Self::with(keys(), |builder| builder).await
    }

    pub async fn with_keys(keys: Value) -> Self {
        Self::with(keys, |builder| builder).await
    }

    pub async fn with(keys: Value, settings: impl FnOnce(Builder) -> Builder) -> Self {
        let sink = Arc::new(MemorySink::default());
        Self::before(Arc::clone(&sink) as _, sink, keys, settings).await
    }

    /// A door before any sink; `memory` is what [`Door::lines`] reads.
    pub async fn before(
        sink: Arc<dyn EventSink>,
        memory: Arc<MemorySink>,
        keys: Value,
        settings: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        std::fs::write(&path, keys.to_string()).unwrap();
        let clock = Arc::new(|| UnixMillis::from_i64(NOW));
        let builder = Collector::builder().keys(path).sink(sink).clock(clock);
        let collector = settings(builder).build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (stop, stopped) = oneshot::channel();
        Self {
            address: listener.local_addr().unwrap(),
            sink: memory,
            keys_status: collector.keys_status(),
            folder,
            client: client(),
            stop,
            served: tokio::spawn(collector.serve(listener, async { drop(stopped.await) })),
        }
    }

    pub fn keys_path(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// Stops as a signal would and waits for the end.
    pub async fn stop(self) -> Result<(), ServeError> {
        self.stop.send(()).unwrap();
        self.served.await.unwrap()
    }

    /// Asks to stop and hands back what tells the end.
    pub fn begin_stop(self) -> JoinHandle<Result<(), ServeError>> {
        self.stop.send(()).unwrap();
        self.served
    }

    pub fn url(&self, path_and_query: &str) -> String {
        format!("http://{}{path_and_query}", self.address)
    }

    pub fn request(&self, method: &str, path_and_query: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method.parse().unwrap(), self.url(path_and_query))
    }

    /// Sends a body as the SDK does, with this key.
    pub async fn send(&self, body: impl Into<reqwest::Body>) -> Reply {
        let query = format!("/v1/batch?k={KEY}&w={NOW}&a=1");
        reply(self.request("POST", &query).body(body)).await
    }

    pub async fn send_batch(&self, batch: &Value) -> Reply {
        self.send(gzip(batch.to_string().as_bytes())).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        reply(self.request("GET", path)).await
    }

    /// The lines stored so far, parsed.
    pub fn lines(&self) -> Vec<Value> {
        self.sink
            .lines()
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// Asserts status and fault, in the one shape all faults have.
    #[track_caller]
    pub fn assert_fault(&self, status: u16, code: &str) {
        let body = self.json();
        assert_eq!(
            (self.status, body["error"]["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert_eq!(body["v"], 1);
        assert!(
            body["error"]["message"]
                .as_str()
                .is_some_and(|message| message.len() > 10),
            "{body}"
        );
        assert_eq!(self.headers["content-type"], "application/json");
    }

    #[track_caller]
    pub fn assert_taken(&self, events: u64) {
        assert_eq!(
            (self.status, self.json()),
            (200, json!({"v": 1, "ok": events}))
        );
    }
}

pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let answer = request.send().await.unwrap();
    Reply {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        text: answer.text().await.unwrap(),
    }
}

pub fn client() -> reqwest::Client {
    // Only the first of the parallel tests installs it.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// One key for the affiliate `news`, and an admin.
pub fn keys() -> Value {
    keys_with(json!({}))
}

/// The same key with further fields.
pub fn keys_with(fields: Value) -> Value {
    let mut key = json!({"key": KEY, "name": "news", "affiliates": ["news"]});
    key.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    json!({"v": 1, "keys": [key], "admin_tokens": [ADMIN]})
}

/// A batch of these events, sent now.
pub fn batch(events: Vec<Value>) -> Value {
    json!({
        "v": "1-0-0", "inst": INST, "bn": 1, "sdk": "rust/0.1.0", "t0": NOW - 60_000,
        "src": {"aff": "news", "site": "news.example.jp"},
        "usr": {"anon": ANON, "sid": "sidsidsidsidsid1", "sn": 1},
        "con": {"mode": "full", "gpc": 0, "coppa": 0},
        "loss": {"cap": 9},
        "ev": events,
    })
}

/// The render with this number.
pub fn render(n: u64) -> Value {
    json!({"k": "render", "n": n, "dt": 1000 + n, "imp": n, "c": format!("item-{n}"), "pl": "top", "pos": 1, "ms": 1})
}

pub fn renders(numbers: impl IntoIterator<Item = u64>) -> Value {
    batch(numbers.into_iter().map(render).collect())
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The files a listing of hours finds below a root, in name order.
pub fn raw_files(root: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
            match path.is_dir() {
                true if !hidden => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "gz") => {
                    found.push(path);
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Every line of those files.
pub fn lines_below(root: &std::path::Path) -> Vec<String> {
    let mut text = String::new();
    for path in raw_files(root) {
        let file = std::fs::File::open(path).unwrap();
        std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut text)
            .unwrap();
    }
    text.lines().map(str::to_owned).collect()
}

/// What a sink measures under this name.
pub fn gauge(sink: &dyn EventSink, name: &str) -> f64 {
    sink.gauges()
        .iter()
        .find(|gauge| gauge.name == name)
        .unwrap()
        .value
}
