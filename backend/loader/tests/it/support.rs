//! A small world of raw files, and the tables of a lake as text to compare.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use eyeline_core::UnixMillis;
use eyeline_loader::decode::Salts;
use eyeline_loader::{Lake, LakeReader, Loader, Options, StoreAt};
use flate2::Compression;
use flate2::write::GzEncoder;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};

/// 2026-11-20 10:00:00 UTC.
pub(crate) const T0: i64 = 1_795_168_800_000;
pub(crate) const HOUR: i64 = 3_600_000;
/// Where other engines find the lake.
pub(crate) const ADDRESS: &str = "s3://bucket/lake";

/// One event as it stands in a batch.
pub(crate) fn event(kind: &str, n: u64, dt: i64, rest: &str) -> String {
    format!(
        r#"{{"k":"{kind}","n":{n},"dt":{dt}{}{rest}}}"#,
        if rest.is_empty() { "" } else { "," }
    )
}

/// What an impression's event says about it.
pub(crate) fn shown(imp: u64, content: &str) -> String {
    format!(r#""imp":{imp},"c":"{content}","pl":"top","pos":1"#)
}

pub(crate) fn render(n: u64, dt: i64, imp: u64, content: &str) -> String {
    event(
        "render",
        n,
        dt,
        &format!(r#"{},"ms":1"#, shown(imp, content)),
    )
}

/// A raw line.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) inst: String,
    pub(crate) anon: String,
    pub(crate) received: i64,
    pub(crate) start: i64,
    pub(crate) attempt: u32,
    pub(crate) captured: u64,
    pub(crate) previous: Option<(String, u64)>,
    pub(crate) agent: String,
    pub(crate) events: Vec<String>,
}

impl Line {
    /// A batch of instance `number`, of the visitor of the same number, that arrives at once.
    pub(crate) fn new(number: u64, start: i64, events: Vec<String>) -> Self {
        Self {
            inst: format!("inst{number:012}"),
            anon: format!("anon{number:012}"),
            received: start + 10_000,
            start,
            attempt: 1,
            captured: events.len() as u64,
            previous: None,
            agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0".to_owned(),
            events,
        }
    }

    pub(crate) fn received(mut self, at: i64) -> Self {
        self.received = at;
        self
    }

    pub(crate) fn text(&self) -> String {
        let previous = self
            .previous
            .as_ref()
            .map_or_else(String::new, |(inst, cap)| {
                format!(r#""prev":{{"inst":"{inst}","cap":{cap}}},"#)
            });
        format!(
            r#"{{"rcv":{},"aff":"shop","ua":"{}","gpc":0,"key":"web","w":{},"s":{},"att":{},"b":{{"v":"1-0-0","inst":"{}","bn":1,"sdk":"web/1.0.0","t0":{},"src":{{"aff":"shop","site":"news.example"}},"dev":{{"cls":"phone"}},"usr":{{"anon":"{}"}},"con":{{"mode":"full","gpc":0,"coppa":0}},"exp":{{"recs":"bts"}},"loss":{{"cap":{}}},{previous}"ev":[{}]}}}}"#,
            self.received,
            self.agent,
            self.received,
            self.received - self.start,
            self.attempt,
            self.inst,
            self.start,
            self.anon,
            self.captured,
            self.events.join(",")
        )
    }
}

/// A raw store, a lake and a clock that the test owns.
pub(crate) struct World {
    pub(crate) raw: Arc<dyn ObjectStore>,
    pub(crate) lake: Arc<dyn ObjectStore>,
    pub(crate) now: Arc<AtomicI64>,
    pub(crate) options: Options,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::in_stores(Arc::new(InMemory::new()), Arc::new(InMemory::new()))
    }

    pub(crate) fn in_stores(raw: Arc<dyn ObjectStore>, lake: Arc<dyn ObjectStore>) -> Self {
        let now = Arc::new(AtomicI64::new(T0 + HOUR));
        let mut options = Options::new(Salts::new(b"a secret of thirty-two bytes ...").unwrap());
        let clock = Arc::clone(&now);
        options.clock = Arc::new(move || UnixMillis::from_i64(clock.load(Ordering::Relaxed)));
        options.query.threads = 1;
        options.publish_as = Some(ADDRESS.to_owned());
        Self {
            raw,
            lake,
            now,
            options,
        }
    }

    pub(crate) fn set_now(&self, ms: i64) {
        self.now.store(ms, Ordering::Relaxed);
    }

    /// Delivers lines as one object under the hour prefix of 2026-11-20 10:00.
    pub(crate) async fn deliver(&self, name: &str, lines: &[Line]) -> String {
        let mut text = String::new();
        for line in lines {
            writeln!(text, "{}", line.text()).unwrap();
        }
        self.deliver_bytes(name, &gzip(text.as_bytes())).await
    }

    pub(crate) async fn deliver_bytes(&self, name: &str, bytes: &[u8]) -> String {
        let path = format!("2026/11/20/10/{name}.gz");
        self.raw
            .put(
                &format!("raw/{path}").as_str().into(),
                bytes.to_vec().into(),
            )
            .await
            .unwrap();
        path
    }

    pub(crate) fn loader(&self) -> Loader {
        self.loader_on(Arc::clone(&self.lake))
    }

    /// A loader that sees the lake through another store.
    pub(crate) fn loader_on(&self, lake: Arc<dyn ObjectStore>) -> Loader {
        let raw = StoreAt::new(Arc::clone(&self.raw), "raw".into());
        Loader::between(
            raw,
            Lake::at(StoreAt::new(lake, "lake".into())),
            self.options.clone(),
        )
    }

    pub(crate) async fn reader(&self) -> LakeReader {
        LakeReader::open(self.loader().lake()).await.unwrap()
    }

    /// A query's rows as text.
    pub(crate) async fn rows(&self, sql: &str) -> String {
        let batches = self.reader().await.query(sql).await.unwrap();
        arrow::util::pretty::pretty_format_batches(&batches)
            .unwrap()
            .to_string()
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let batches = self.reader().await.query(sql).await.unwrap();
        arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(batches[0].column(0))
            .value(0)
    }

    /// All tables as text, independent of how the rows came in.
    pub(crate) async fn tables(&self) -> String {
        let mut text = String::new();
        for (table, order) in [
            ("events", "inst, seq"),
            ("fct_impression", "inst, imp"),
            ("instances", "inst"),
            (
                "mart_content_hour",
                "event_hour, content_id, ivt, late_after_final",
            ),
            ("losses", "inst, seq_from"),
            ("rejects", "inst, seq, why"),
        ] {
            writeln!(
                text,
                "{table}\n{}",
                self.rows(&format!("SELECT * FROM {table} ORDER BY {order}"))
                    .await
            )
            .unwrap();
        }
        text
    }

    /// Fails where the lake contradicts itself, or its manifests the lake.
    pub(crate) async fn check(&self) {
        crate::publish::check(self).await;
        let verified = self.loader().verify().await.unwrap();
        assert!(verified.problems.is_empty(), "{:?}", verified.problems);
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Three instances in three deliveries: copies within and across them, a late click, a dwell that grows.
pub(crate) async fn deliver_small_world(world: &World) -> Vec<String> {
    let first = Line::new(1, T0, vec![render(1, 0, 1, "a"), render(2, 5, 2, "b")]);
    let copy = Line {
        attempt: 2,
        ..first.clone()
    }
    .received(T0 + 20_000);
    let more = Line::new(
        1,
        T0,
        vec![
            event(
                "viewable",
                3,
                1_000,
                &format!(r#"{},"rule":"mrc50_1s""#, shown(1, "a")),
            ),
            event(
                "dwell",
                4,
                5_000,
                &format!(
                    r#"{},"vis":5000,"eng":3200,"mx":100,"tiv":1"#,
                    shown(1, "a")
                ),
            ),
        ],
    )
    .received(T0 + 30_000);
    let other = Line::new(
        2,
        T0 + HOUR / 2,
        vec![
            render(1, 0, 1, "a"),
            event("click", 2, 700, &format!(r#"{},"lat":700"#, shown(1, "a"))),
        ],
    );
    let mut successor = Line::new(3, T0 + HOUR / 2, vec![render(1, 0, 1, "c")]);
    successor.previous = Some((first.inst.clone(), 6));
    let last = Line::new(
        1,
        T0,
        vec![event(
            "click",
            5,
            6_000,
            &format!(r#"{},"lat":6000"#, shown(2, "b")),
        )],
    )
    .received(T0 + HOUR / 2);
    let mut paths = Vec::new();
    paths.push(world.deliver("d1", &[first.clone(), copy]).await);
    paths.push(world.deliver("d2", &[more, other.clone(), first]).await);
    paths.push(world.deliver("d3", &[successor, last, other]).await);
    paths
}
