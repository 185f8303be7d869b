//! What a client and its worker owe each other, without a thread or a network between them.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eyeline_core::{
    AffiliateId, Config, Consent, Convert, Engine, Goal, Label, MonoMillis, Now, UnixMillis,
};

use super::{Bells, Shared, Stopped, Turn};
use crate::host::{OsEntropy, SteppedClock};
use crate::journal::Journal;

const START: Now = Now {
    wall: UnixMillis::from_i64(1_767_225_600_000),
    mono: MonoMillis::from_u64(1_000),
};

const CAP: u64 = 32 * 1024 * 1024;

struct Bench {
    shared: Shared<Written>,
    clock: SteppedClock,
}

/// Notes that the part of the worker that syncs was woken.
#[derive(Debug, Default)]
struct Written(AtomicBool);

impl Bells for Written {
    fn due(&self) {}

    fn deadline_set(&self) {}

    fn written(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Bench {
    fn new(directory: &Path, cap: u64) -> Self {
        let (journal, saved) = Journal::open(directory, cap).unwrap();
        let affiliate = AffiliateId::new("zozo-men").unwrap();
        let config = Config {
            consent: Consent::Full,
            ..Config::new(affiliate, Label::new("rust/test").unwrap())
        };
        let clock = SteppedClock::new(START);
        let engine = Engine::start(config, saved, START, Box::new(OsEntropy));
        let shared = Shared::new(
            engine,
            Some(journal),
            Arc::new(clock.clone()),
            Written::default(),
        );
        Bench { shared, clock }
    }

    fn track(&self) -> Result<(), Stopped> {
        let convert = Convert::new(Goal::new("purchase").unwrap());
        self.shared
            .act(|engine, now| engine.track(now, convert).map(drop).unwrap())
    }

    /// Whether the part of the worker that syncs was woken since this was last asked.
    fn asks_for_a_sync(&self) -> bool {
        self.shared.bells.0.swap(false, Ordering::Relaxed)
    }

    /// Does one chore; whether the next is to follow at once.
    fn sync(&self) -> bool {
        let chore = self.shared.chore().expect("something was written");
        self.shared.chore_done(chore.run())
    }

    fn pass(&self, time: Duration) {
        let Now { wall, mono } = self.clock.now();
        self.clock.set(Now {
            wall: wall.plus(time),
            mono: mono.plus(time),
        });
    }

    fn is_synced(&self) -> bool {
        let state = self.shared.lock();
        !state.journal.as_ref().unwrap().has_chore()
    }
}

#[test]
fn a_sync_that_failed_is_asked_for_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events");
    let bench = Bench::new(&path, CAP);
    bench.track().unwrap();
    assert!(bench.asks_for_a_sync());
    // Away from its name, the directory can't be synced.
    let away = directory.path().join("away");
    fs::rename(&path, &away).unwrap();
    assert!(!bench.sync());
    assert!(bench.asks_for_a_sync());
    fs::rename(&away, &path).unwrap();
    bench.sync();
    assert!(bench.is_synced());
    bench.track().unwrap();
    assert!(bench.asks_for_a_sync());
}

#[test]
fn what_the_worker_itself_stores_is_synced_too() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::new(directory.path(), CAP);
    bench.track().unwrap();
    bench.shared.act(Engine::flush).unwrap();
    bench.sync();
    bench.asks_for_a_sync();
    // That it was sent is stored before it is.
    assert!(matches!(bench.shared.turn(), Turn::Send(_)));
    assert!(bench.asks_for_a_sync());
}

#[test]
fn a_sync_during_which_more_was_written_is_not_followed_by_another_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::new(directory.path(), CAP);
    bench.track().unwrap();
    bench.asks_for_a_sync();
    let chore = bench.shared.chore().unwrap();
    bench.track().unwrap();
    assert!(!bench.shared.chore_done(chore.run()));
    assert!(bench.asks_for_a_sync());
}

#[test]
fn without_a_worker_what_is_stored_is_still_synced() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::new(directory.path(), CAP);
    bench.shared.orphan();
    bench.pass(Duration::from_secs(2));
    bench.track().unwrap();
    assert!(bench.is_synced());
}

#[test]
fn without_a_worker_nothing_is_taken_that_could_not_be_stored() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::new(directory.path(), 20_000);
    bench.shared.orphan();
    let taken = (0..1_000).take_while(|_| bench.track().is_ok()).count();
    assert!((1..1_000).contains(&taken), "{taken} were taken");
    drop(bench);
    let (_, saved) = Journal::open(directory.path(), CAP).unwrap();
    let stored = |(key, _): &&(eyeline_core::Key, Vec<u8>)| key.class != eyeline_core::Class::State;
    assert!(saved.entries.iter().filter(stored).count() >= 1);
}
