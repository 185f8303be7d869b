//! Reading and writing the golden batch, and judging it: time a batch of three events.

use divan::{Bencher, black_box};
use eyeline_core::wire::{Batch, Envelope, Event};

const GOLDEN: &str = include_str!("../tests/golden/full-batch.json");

fn main() {
    divan::main();
}

#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    bencher.bench(|| Batch::decode(black_box(GOLDEN.trim_end().as_bytes())));
}

#[divan::bench]
fn judge_event_by_event(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        let envelope = Envelope::open(black_box(GOLDEN.trim_end().as_bytes()));
        envelope.is_ok_and(|envelope| envelope.events.iter().all(|sent| sent.verdict().is_ok()))
    });
}

#[divan::bench]
fn check(bencher: Bencher<'_, '_>) {
    let batch = Batch::decode(GOLDEN.trim_end().as_bytes()).expect("the golden batch is good");
    bencher.bench(|| {
        let batch = black_box(&batch);
        batch
            .check()
            .and_then(|()| batch.events.iter().try_for_each(Event::check))
    });
}

#[divan::bench]
fn encode(bencher: Bencher<'_, '_>) {
    let batch = Batch::decode(GOLDEN.trim_end().as_bytes()).expect("the golden batch is good");
    bencher.bench(|| black_box(&batch).encode());
}
