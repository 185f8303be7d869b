//! What recording one event costs on the caller's thread.
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that can't go on should stop"
)]

use divan::Bencher;
use eyeline::{Client, Consent, ContentId, Impression, PlacementId, Serve};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// An app's client. Nobody listens at its address, as on a plane.
struct App {
    client: Client,
    _directory: Option<TempDir>,
}

impl App {
    fn in_memory() -> Self {
        App {
            client: builder().in_memory().build().unwrap(),
            _directory: None,
        }
    }

    fn in_directory() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let client = builder().directory(directory.path()).build().unwrap();
        App {
            client,
            _directory: Some(directory),
        }
    }
}

fn builder() -> eyeline::Builder {
    Client::builder("http://127.0.0.1:9", "key-1", "zozo-men").consent(Consent::Full)
}

fn impression() -> Impression {
    let mut impression = Impression::new(
        ContentId::new("item-men-14").unwrap(),
        PlacementId::new("recs-top").unwrap(),
    );
    impression.position = Some(3);
    impression
}

fn serve() -> Serve {
    let mut serve = Serve::new(PlacementId::new("recs-top").unwrap());
    serve.content = Some(ContentId::new("item-men-14").unwrap());
    serve.position = Some(3);
    serve
}

#[divan::bench(sample_count = 20_000, sample_size = 1)]
fn track_in_memory(bencher: Bencher) {
    let app = App::in_memory();
    bencher
        .with_inputs(serve)
        .bench_values(|serve| app.client.track(serve));
}

#[divan::bench(sample_count = 20_000, sample_size = 1)]
fn track_with_journal(bencher: Bencher) {
    let app = App::in_directory();
    bencher
        .with_inputs(serve)
        .bench_values(|serve| app.client.track(serve));
}

#[divan::bench(sample_count = 3_000, sample_size = 1)]
fn impression_with_journal(bencher: Bencher) {
    let app = App::in_directory();
    bencher
        .with_inputs(impression)
        .bench_values(|impression| app.client.impression(impression));
}
