//! What a start brings back.

use std::time::Duration;

use eyeline_core::{Class, Engine, HostAnswer, Key, LossReason, Step};

use crate::rig::{numbers, read, rig, rig_with};

#[test]
fn events_in_no_batch_come_back_under_the_instance_that_captured_them() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.track_many(3);
    let captured_by = rig.engine.instance();
    rig.restart();
    assert_ne!(rig.engine.instance(), captured_by);
    let upload = rig.deliver();
    assert_eq!(read(&upload, |batch| batch.inst), captured_by);
    assert_eq!(numbers(&upload), [1, 2, 3]);
}

#[test]
fn a_new_instance_names_the_one_before_and_its_last_number() {
    let mut rig = rig();
    rig.track_many(3);
    let before = rig.engine.instance();
    rig.restart();
    rig.restart();
    rig.track_many(1);
    let own = rig.engine.instance();
    let last = (0..4).map(|_| rig.deliver()).last().unwrap();
    read(&last, |batch| {
        let previous = batch
            .previous
            .as_ref()
            .map(|previous| (previous.inst, previous.captured));
        assert_eq!((batch.inst, previous), (own, Some((before, 3))));
    });
}

#[test]
fn the_visitor_and_the_session_stay_the_same() {
    let mut rig = rig();
    rig.track_many(1);
    let before = read(&rig.deliver(), |batch| (batch.user.anon, batch.user.sid));
    rig.restart();
    rig.track_many(1);
    assert_eq!(
        read(&rig.deliver(), |batch| (batch.user.anon, batch.user.sid)),
        before
    );
}

#[test]
fn another_affiliate_knows_the_visitor_by_another_id() {
    let mut rig = rig();
    rig.track_many(1);
    let at_one = read(&rig.deliver(), |batch| batch.user.anon);
    rig.restart_with(|config| {
        config.affiliate = eyeline_core::AffiliateId::new("zozo-women").unwrap();
    });
    rig.track_many(1);
    let at_other = read(&rig.deliver(), |batch| batch.user.anon);
    rig.restart_with(|config| {
        config.affiliate = eyeline_core::AffiliateId::new("zozo-men").unwrap();
    });
    rig.track_many(1);
    assert_ne!(at_one, at_other);
    assert_eq!(read(&rig.deliver(), |batch| batch.user.anon), at_one);
}

#[test]
fn what_the_store_did_not_give_back_is_counted() {
    let mut rig = rig();
    rig.track_many(2);
    rig.store.damage(|key| key.class == Class::Batch);
    rig.restart();
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.captured, stats.lost),
        (2, [(LossReason::StorageFailed, 2)].into())
    );
    assert_eq!(rig.store.count(Class::Batch), 0);
}

#[test]
fn events_without_their_context_are_lost_by_name_and_number() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.track_many(2);
    let captured_by = rig.engine.instance();
    rig.store.damage(|key| key == Key::new(Class::State, 1));
    rig.restart();
    rig.call(Engine::flush);
    let stats = rig.engine.stats(rig.now);
    assert_eq!(stats.lost, [(LossReason::StorageFailed, 2)].into());
    read(&rig.deliver(), |batch| {
        let lost = &batch.events[0].lost[0];
        assert_eq!(
            (lost.inst, lost.from, lost.to, &*lost.why),
            (captured_by, 1, 2, "storage_failed")
        );
    });
}

#[test]
fn losses_found_too_late_to_be_told_are_told_after_the_next_start() {
    let mut rig = rig_with(|config| config.queue_age = Duration::from_secs(60));
    rig.track_many(2);
    let captured_by = rig.engine.instance();
    rig.restart();
    rig.call(Engine::shutdown);
    rig.pass(Duration::from_secs(70));
    let _ = rig.step();
    rig.restart();
    read(&rig.deliver(), |batch| {
        let told: Vec<_> = batch.events[0]
            .lost
            .iter()
            .map(|lost| (lost.inst, lost.from, lost.to, &*lost.why))
            .collect();
        assert_eq!(told, [(captured_by, 1, 2, "expired")]);
    });
    rig.restart();
    assert_eq!(rig.step(), Step::Idle);
}

#[test]
fn a_store_damaged_beyond_reading_is_cleared_and_counted() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.track_many(2);
    rig.store.damage(|key| key.class == Class::State);
    rig.restart();
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.captured, stats.lost),
        (2, [(LossReason::StorageFailed, 2)].into())
    );
    assert_eq!(rig.store.count(Class::Event), 0);
}

#[test]
fn a_store_that_fails_is_given_a_whole_copy_later() {
    let mut rig = rig_with(|config| config.batch_events = 2);
    rig.engine.track(rig.now, purchase()).unwrap();
    assert!(rig.engine.take_writes().is_some());
    rig.engine.storage_failed(rig.now);
    rig.track_many(2);
    assert_eq!(
        rig.store.count(Class::Batch) + rig.store.count(Class::Event),
        0
    );
    rig.pass(Duration::from_secs(5));
    let upload = rig.upload();
    rig.answer(&upload, &HostAnswer::Unreachable);
    assert_eq!(
        (rig.store.count(Class::Batch), rig.store.count(Class::Event)),
        (1, 1)
    );
    rig.restart();
    let mut arrived = Vec::new();
    while arrived.len() < 3 {
        match rig.step() {
            Step::Send(upload) => {
                arrived.extend(numbers(&upload));
                rig.answer(&upload, &crate::server::taken(upload.events));
            }
            Step::Wait(wait) => rig.pass(wait),
            _ => break,
        }
    }
    assert_eq!(arrived, [1, 2, 3]);
}

fn purchase() -> eyeline_core::Convert {
    eyeline_core::Convert::new(eyeline_core::Goal::new("purchase").unwrap())
}
