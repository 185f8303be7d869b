//! Everything the collector counts, one recorder a collector. Every loss has a name here before it first happens.
use std::collections::HashMap;
use std::time::Duration;

use eyeline_core::wire::Why;
use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::http::Code;
use crate::sink::SinkGauge;

/// The counters, by what they count.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// Batches answered with a 200.
    pub(crate) batches: Counter,
    /// Events taken.
    pub(crate) events: Counter,
    /// Bytes of accepted batches, unpacked.
    pub(crate) bytes: Counter,
    /// Erasure requests taken.
    pub(crate) forgets: Counter,
    /// Time from a request's head to its answer.
    pub(crate) seconds: Histogram,
    /// Connections open now.
    pub(crate) connections: Gauge,
    /// Tails open now.
    pub(crate) tails: Gauge,
    /// Events that tails were too slow for.
    pub(crate) tail_skipped: Counter,
    /// Keys files loaded.
    pub(crate) keys_loaded: Counter,
    /// Keys files refused.
    pub(crate) keys_refused: Counter,
    /// 1 while the keys in force are older than the file.
    pub(crate) keys_stale: Gauge,
    rejected: HashMap<Why, Counter>,
    refusals: HashMap<Code, Counter>,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &SECONDS_BUCKETS)?
            .build_recorder();
        let counter = |name: &'static str, label: Option<Label>| {
            recorder.register_counter(
                &Key::from_parts(name, label.into_iter().collect::<Vec<_>>()),
                &METADATA,
            )
        };
        let gauge = |name: &'static str| recorder.register_gauge(&Key::from_name(name), &METADATA);
        Ok(Self {
            batches: counter("eyeline_batches_total", None),
            events: counter("eyeline_events_total", None),
            bytes: counter("eyeline_batch_bytes_total", None),
            forgets: counter("eyeline_forgets_total", None),
            seconds: recorder.register_histogram(&Key::from_name(SECONDS), &METADATA),
            connections: gauge("eyeline_connections"),
            tails: gauge("eyeline_tails"),
            tail_skipped: counter("eyeline_tail_skipped_events_total", None),
            keys_loaded: counter("eyeline_keys_loaded_total", None),
            keys_refused: counter("eyeline_keys_refused_total", None),
            keys_stale: gauge("eyeline_keys_stale"),
            rejected: Why::ALL
                .into_iter()
                .map(|why| {
                    (
                        why,
                        counter(
                            "eyeline_events_rejected_total",
                            Some(Label::new("why", why.as_str())),
                        ),
                    )
                })
                .collect(),
            refusals: Code::ALL
                .iter()
                .map(|code| {
                    (
                        *code,
                        counter(
                            "eyeline_refusals_total",
                            Some(Label::new("code", code.name())),
                        ),
                    )
                })
                .collect(),
            handle: recorder.handle(),
            recorder,
        })
    }

    pub(crate) fn rejected(&self, why: Why, events: u64) {
        if let Some(counter) = self.rejected.get(&why) {
            counter.increment(events);
        }
    }

    pub(crate) fn refused(&self, code: Code) {
        if let Some(counter) = self.refusals.get(&code) {
            counter.increment(1);
        }
    }

    pub(crate) fn took(&self, time: Duration) {
        self.seconds.record(time.as_secs_f64());
    }

    /// The text of `/metrics`, with what the sink measures itself.
    pub(crate) fn render(&self, sink: &[SinkGauge]) -> String {
        for gauge in sink {
            self.recorder
                .register_gauge(&Key::from_name(gauge.name), &METADATA)
                .set(gauge.value);
        }
        self.handle.run_upkeep();
        self.handle.render()
    }
}

const METADATA: Metadata<'static> = Metadata::new("eyeline_collector", Level::INFO, None);
const SECONDS: &str = "eyeline_request_seconds";
/// From a memory sink's answer to a client's timeout (ours).
const SECONDS_BUCKETS: [f64; 11] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0,
];
