//! How fast the engine is on one core: a whole pass (track, seal, gzip, send, answer) and `track` alone.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

use divan::Bencher;
use divan::counter::ItemsCount;
use eyeline_core::{
    AffiliateId, Config, Consent, ContentId, Convert, Engine, Entropy, Goal, HostAnswer,
    Impression, Label, MonoMillis, Now, PlacementId, Saved, Serve, Step, UnixMillis, Writes,
};

fn main() {
    divan::main();
}

/// Deterministic bits.
struct Bits(u64);

impl Entropy for Bits {
    fn next_u64(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0
    }
}

const EVENTS: u64 = 10_000;

fn engine() -> Engine {
    let mut config = Config::new(
        AffiliateId::new("zozo-men").unwrap(),
        Label::new("bench/1.0.0").unwrap(),
    );
    config.consent = Consent::Full;
    Engine::start(config, Saved::default(), at(0), Box::new(Bits(7)))
}

fn at(ms: u64) -> Now {
    let wall = UnixMillis::from_i64(1_700_000_000_000 + i64::try_from(ms).unwrap());
    Now {
        wall,
        mono: MonoMillis::from_u64(ms),
    }
}

fn item(n: u64) -> Impression {
    let mut impression = Impression::new(
        CONTENT.with(|content| content[usize::try_from(n % 80).unwrap()].clone()),
        PLACEMENT.with(Clone::clone),
    );
    impression.position = Some(1 + u32::try_from(n % 3).unwrap());
    impression
}

thread_local! {
    static CONTENT: Vec<ContentId> = (0..80).map(|n| ContentId::new(format!("item-men-{n}")).unwrap()).collect();
    static PLACEMENT: PlacementId = PlacementId::new("recs-top").unwrap();
}

fn serve(n: u64) -> Serve {
    let mut serve = Serve::new(PLACEMENT.with(Clone::clone));
    serve.content = Some(CONTENT.with(|content| content[usize::try_from(n % 80).unwrap()].clone()));
    serve.position = Some(1 + u32::try_from(n % 3).unwrap());
    serve
}

/// Takes what the engine hands out as a host with a journal does, up to the write itself.
fn store(engine: &mut Engine, record: &mut Vec<u8>) {
    if let Some(writes) = engine.take_writes() {
        record.clear();
        writes.encode_into(record);
        divan::black_box(&record);
        divan::black_box::<Writes>(writes);
    }
}

/// Sends everything and has it taken.
fn deliver(engine: &mut Engine, now: Now, record: &mut Vec<u8>) {
    while let Step::Send(upload) = engine.next_step(now) {
        let answer = HostAnswer::Taken {
            ok: upload.events as u64,
            rejected: Vec::new(),
        };
        engine.answer(now, upload.ticket, &answer);
        store(engine, record);
    }
}

/// Events from the call to the collector's answer, stored on the way.
#[divan::bench]
fn track_to_answer(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(EVENTS))
        .with_inputs(engine)
        .bench_local_values(|mut engine| {
            let mut record = Vec::new();
            for n in 0..EVENTS {
                let now = at(n);
                engine.track(now, serve(n)).unwrap();
                store(&mut engine, &mut record);
                if n % 100 == 99 {
                    deliver(&mut engine, now, &mut record);
                }
            }
            engine
        });
}

/// As above with watched impressions, two events each: shown, then gone from the screen.
#[divan::bench]
fn render_and_hide_to_answer(bencher: Bencher) {
    let why = Label::new("scroll").unwrap();
    bencher
        .counter(ItemsCount::new(EVENTS))
        .with_inputs(engine)
        .bench_local_values(|mut engine| {
            let mut record = Vec::new();
            for n in 0..EVENTS / 2 {
                let now = at(n);
                let handle = engine.render(now, item(n)).unwrap();
                store(&mut engine, &mut record);
                engine.hide(now, handle, &why).unwrap();
                store(&mut engine, &mut record);
                if n % 50 == 49 {
                    deliver(&mut engine, now, &mut record);
                }
            }
            engine
        });
}

/// A call while the collector has been away for long: a full queue must not make it dearer.
#[divan::bench(sample_size = 1, sample_count = 20_000)]
fn track_once_behind_a_long_queue(bencher: Bencher) {
    let mut engine = engine();
    let mut record = Vec::new();
    for n in 0..90_000 {
        engine.track(at(n), serve(n)).unwrap();
        store(&mut engine, &mut record);
    }
    let mut n = 90_000;
    bencher.bench_local(|| {
        n += 1;
        engine.track(at(n), serve(n)).unwrap();
        store(&mut engine, &mut record);
        engine.next_due(at(n))
    });
}

/// One call with its record encoded, seals included: what the caller's thread pays before the journal's write.
#[divan::bench(sample_size = 1, sample_count = 20_000)]
fn track_once(bencher: Bencher) {
    let mut engine = engine();
    let mut record = Vec::new();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        engine.track(at(n), serve(n)).unwrap();
        store(&mut engine, &mut record);
    });
}

/// The smallest event there is.
#[divan::bench(sample_size = 1, sample_count = 20_000)]
fn track_conversion_once(bencher: Bencher) {
    let mut engine = engine();
    let goal = Goal::new("purchase").unwrap();
    let mut record = Vec::new();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        engine.track(at(n), Convert::new(goal.clone())).unwrap();
        store(&mut engine, &mut record);
    });
}
