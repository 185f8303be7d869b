//! Requests and events a second of the collector, beside an axum handler that only reads the body: one run, one machine,
//! one core for the server and one for the load. The ratio is the figure; the absolute numbers are the machine's.
#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

mod load;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::routing::post;
use eyeline_collector::{Collector, EventSink, FileSink, FileSinkOptions, SinkError};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use load::Load;

/// Takes every line and keeps none: what is left is the collector's own work.
struct Discard;

#[async_trait]
impl EventSink for Discard {
    async fn store(&self, lines: Bytes) -> Result<(), SinkError> {
        std::hint::black_box(lines);
        Ok(())
    }
    fn ready(&self) -> bool {
        true
    }
    async fn close(&self) -> Result<(), SinkError> {
        Ok(())
    }
}

fn main() -> anyhow::Result<()> {
    // `cargo test` runs bench targets too, and then only asks whether they work.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let (requests, rounds) = if measured { (20_000, 5) } else { (200, 1) };
    let folder = tempfile::tempdir()?;
    let keys = folder.path().join("keys.json");
    std::fs::write(
        &keys,
        format!(
            r#"{{"v":1,"keys":[{{"key":"{}","affiliates":["news"]}}]}}"#,
            load::KEY
        ),
    )?;
    let server = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let files = FileSink::open(folder.path().join("raw"), FileSinkOptions::default())?;
    let collector = |sink: Arc<dyn EventSink>| Collector::builder().keys(&keys).sink(sink).build();
    let subjects = [
        ("axum, body only", body_only(&server)?),
        (
            "collector, lines discarded",
            serve(&server, collector(Arc::new(Discard))?)?,
        ),
        (
            "collector, files with fsync",
            serve(&server, collector(Arc::new(files))?)?,
        ),
    ];
    println!(
        "{requests} requests a round, {} connections, median of {rounds} rounds",
        load::CONNECTIONS
    );
    for events in [10, 50] {
        compare(&subjects, &Load::new(requests, events)?, rounds)?;
    }
    Ok(())
}

fn compare(subjects: &[(&str, SocketAddr)], load: &Load, rounds: u32) -> anyhow::Result<()> {
    println!(
        "{} events a batch, {} bytes gzipped",
        load.events(),
        load.body_bytes()
    );
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        // Round by round, so that a slow minute of the machine hits all alike.
        for ((_, address), times) in subjects.iter().zip(&mut times) {
            times.push(load.run(*address)?);
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for ((name, _), time) in subjects.iter().zip(&medians) {
        let a_second = load.requests() / time.as_secs_f64();
        let ratio = medians[0].as_secs_f64() / time.as_secs_f64();
        println!(
            "  {name:<28} {a_second:>8.0} requests/s {:>10.0} events/s {ratio:>6.2} × axum",
            a_second * load.events()
        );
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn body_only(server: &Runtime) -> anyhow::Result<SocketAddr> {
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let routes = axum::Router::new().route(
        "/v1/batch",
        post(|body: Bytes| async move { format!("{}", body.len()) }),
    );
    server.spawn(async move { axum::serve(listener, routes).await });
    Ok(address)
}

fn serve(server: &Runtime, collector: Collector) -> anyhow::Result<SocketAddr> {
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    server.spawn(collector.serve(listener, std::future::pending()));
    Ok(address)
}
