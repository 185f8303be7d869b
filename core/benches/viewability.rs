//! What viewability costs: one tick of one view, and a page of views that scrolls by.

use divan::{Bencher, black_box};
use eyeline_core::{Rule, ViewState};

fn main() {
    divan::main();
}

fn in_view(now: u64) -> ViewState {
    let mut state = ViewState::new(Rule::Display);
    state.focus(now, true);
    state.report(now, 1.0, 300.0, 250.0);
    state
}

#[divan::bench]
fn tick(bencher: Bencher<'_, '_>) {
    let mut state = in_view(0);
    let mut now = 0;
    bencher.bench_local(|| {
        now += 16;
        black_box(state.tick(black_box(now)))
    });
}

#[divan::bench]
fn report(bencher: Bencher<'_, '_>) {
    let mut state = in_view(0);
    let mut now = 0;
    bencher.bench_local(|| {
        now += 16;
        black_box(state.report(black_box(now), 0.7, 300.0, 250.0))
    });
}

/// From first sight to hidden, with a report every frame for two seconds.
#[divan::bench]
fn whole_impression() -> usize {
    let mut state = in_view(0);
    let mut happened = 0;
    for frame in 1..=120_u32 {
        let fraction = f64::from(frame) / 120.0;
        happened += state
            .report(u64::from(frame) * 16, fraction, 300.0, 250.0)
            .len();
    }
    happened + state.hide(2_000).len()
}
