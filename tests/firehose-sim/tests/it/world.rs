//! A Firehose with a bucket in memory, and a way to read what it delivered.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use eyeline_firehose_sim::{FirehoseSim, Settings, StreamSettings};
use flate2::read::MultiGzDecoder;
use futures::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// 2019-11-24 00:00:34 UTC.
const NOW: i64 = 1_574_553_634_000;
pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) struct World {
    pub(crate) sim: FirehoseSim,
    bucket: Arc<InMemory>,
    now: Arc<AtomicI64>,
}

impl World {
    pub(crate) async fn with(streams: Vec<StreamSettings>) -> Self {
        let bucket = Arc::new(InMemory::new());
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&now);
        let settings = Settings {
            streams,
            bucket: Arc::clone(&bucket) as _,
            root: Path::default(),
            clock: Arc::new(move || clock.load(Ordering::SeqCst)),
        };
        let sim = FirehoseSim::start("127.0.0.1:0", settings).await.unwrap();
        Self { sim, bucket, now }
    }

    pub(crate) async fn plain() -> Self {
        Self::with(vec![StreamSettings::new("eyeline")]).await
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    /// Every delivered object, unpacked, by its key.
    pub(crate) async fn objects(&self) -> BTreeMap<String, String> {
        let listed: Vec<_> = self.bucket.list(None).try_collect().await.unwrap();
        let mut objects = BTreeMap::new();
        for meta in listed {
            let packed = self.bucket.get(&meta.location).await.unwrap();
            let packed = packed.bytes().await.unwrap();
            let mut text = String::new();
            MultiGzDecoder::new(&packed[..])
                .read_to_string(&mut text)
                .unwrap();
            objects.insert(meta.location.to_string(), text);
        }
        objects
    }

    /// Every line delivered below a prefix, whatever the object.
    pub(crate) async fn lines(&self, prefix: &str) -> Vec<String> {
        let objects = self.objects().await;
        let texts = objects.iter().filter(|(key, _)| key.starts_with(prefix));
        texts
            .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// Calls an operation as AWS's command line would, without a signature.
    pub(crate) async fn call(&self, operation: &str, body: &Value) -> (StatusCode, Value) {
        let answer = client()
            .post(self.sim.url())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("Firehose_20150804.{operation}"))
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let status = answer.status();
        (
            status,
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
        )
    }

    pub(crate) async fn put(&self, records: &[&[u8]]) -> (StatusCode, Value) {
        let entries = records
            .iter()
            .map(|data| json!({"Data": BASE64_STANDARD.encode(data)}));
        let body = json!({"DeliveryStreamName": "eyeline", "Records": entries.collect::<Vec<_>>()});
        self.call("PutRecordBatch", &body).await
    }
}

/// An HTTP client. reqwest wants to know a TLS provider even where nothing is encrypted.
pub(crate) fn client() -> reqwest::Client {
    // A second call finds it set.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}
