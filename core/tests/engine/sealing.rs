//! When a batch closes, and what stands in it once.

use std::time::Duration;

use eyeline_core::{Device, Engine, Page, PagePath, Pairs, Refused, SamplingRate, Step};

use crate::rig::{Rig, kinds, numbers, read, rig_with};

fn roomy() -> Rig {
    rig_with(|config| config.batch_events = 100)
}

#[test]
fn a_batch_closes_at_its_number_of_events() {
    let mut rig = rig_with(|config| config.batch_events = 3);
    rig.track_many(4);
    assert_eq!(numbers(&rig.deliver()), [1, 2, 3]);
}

#[test]
fn a_batch_closes_at_its_size() {
    let mut rig = rig_with(|config| {
        config.batch_events = 100;
        config.batch_bytes = 90;
    });
    rig.track_many(4);
    assert_eq!(rig.deliver().events, 2);
}

#[test]
fn a_batch_closes_at_its_age() {
    let mut rig = roomy();
    rig.track_many(1);
    assert_eq!(rig.wait(), Duration::from_secs(30));
    rig.pass(Duration::from_secs(30));
    assert_eq!(numbers(&rig.deliver()), [1]);
}

#[test]
fn a_batch_closes_in_the_background_and_at_a_flush() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.call(Engine::flush);
    assert_eq!(numbers(&rig.deliver()), [1]);
    rig.track_many(1);
    rig.call(Engine::background);
    assert_eq!(numbers(&rig.deliver()), [2]);
}

#[test]
fn a_batch_closes_when_its_context_changes() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.call(|engine, now| {
        engine.set_dimensions(now, Pairs::dimensions([("edition", "jp")]).unwrap());
    });
    assert_eq!(numbers(&rig.deliver()), [1]);
    rig.track_many(1);
    rig.call(|engine, now| {
        engine.set_experiments(now, Pairs::experiments([("recs", "bts")]).unwrap());
    });
    read(&rig.deliver(), |batch| {
        assert_eq!(
            batch.dimensions.value("edition").map(|value| &**value),
            Some("jp")
        );
    });
    rig.track_many(1);
    rig.call(|engine, now| {
        engine.set_device(
            now,
            Device {
                viewport_width: Some(390),
                ..Device::default()
            },
        );
    });
    read(&rig.deliver(), |batch| {
        assert_eq!(
            batch.experiments.value("recs").map(|value| &**value),
            Some("bts")
        );
    });
}

#[test]
fn the_same_context_again_closes_nothing() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.call(|engine, now| engine.set_dimensions(now, Pairs::default()));
    assert!(matches!(rig.step(), Step::Wait(_)));
}

#[test]
fn a_page_is_counted_and_stands_in_later_batches() {
    let mut rig = roomy();
    for path in ["/a", "/b"] {
        let page = Page::new(PagePath::new(path).unwrap());
        rig.call(|engine, now| engine.set_page(now, page)).unwrap();
    }
    assert_eq!(kinds(&rig.deliver()), ["page"]);
    rig.call(Engine::flush);
    let seen = read(&rig.deliver(), |batch| {
        (
            batch.source.page.clone().unwrap().into_owned(),
            batch.source.page_view,
        )
    });
    assert_eq!(seen, ("/b".to_owned(), Some(2)));
}

#[test]
fn a_new_session_closes_the_batch() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.pass(Duration::from_secs(1_801));
    rig.track_many(1);
    let first = read(&rig.deliver(), |batch| {
        (batch.user.sid, batch.user.session_number)
    });
    rig.call(Engine::flush);
    let second = read(&rig.deliver(), |batch| {
        (batch.user.sid, batch.user.session_number)
    });
    assert_ne!(first.0, second.0);
    assert_eq!((first.1, second.1), (Some(1), Some(2)));
}

#[test]
fn sessions_outside_the_sample_record_nothing_and_the_rate_travels() {
    let rate = SamplingRate::new(0.5).unwrap();
    let mut rig = rig_with(|config| config.sampling = rate);
    let mut recorded = 0;
    for _ in 0..200 {
        rig.pass(Duration::from_secs(1_801));
        match rig.track() {
            Ok(_) => recorded += 1,
            Err(refused) => assert_eq!(refused, Refused::NotSampled),
        }
    }
    assert!((60..140).contains(&recorded), "{recorded}");
    assert_eq!(rig.engine.stats(rig.now).captured, recorded);
    assert_eq!(read(&rig.deliver(), |batch| batch.sampling_rate), Some(0.5));
}

#[test]
fn numbers_have_no_gaps() {
    let mut rig = rig_with(|config| config.batch_events = 7);
    rig.track_many(21);
    let all: Vec<u64> = (0..3).flat_map(|_| numbers(&rig.deliver())).collect();
    assert_eq!(all, (1..=21).collect::<Vec<_>>());
}

#[test]
fn after_the_shutdown_nothing_is_recorded_and_uploads_go_on() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.call(Engine::shutdown);
    assert_eq!(rig.track(), Err(Refused::ShutDown));
    assert_eq!(numbers(&rig.deliver()), [1]);
}
