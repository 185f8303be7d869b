//! What the queue's bounds push out, and under which name it is counted.

use std::time::Duration;

use eyeline_core::wire::Kind;
use eyeline_core::{Consent, HostAnswer, LossReason};

use crate::rig::{numbers, read, rig_with};

#[test]
fn a_full_queue_pushes_out_the_oldest() {
    let mut rig = rig_with(|config| config.queue_events = 4);
    rig.track_many(6);
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.queued, stats.lost),
        (4, [(LossReason::QueueFull, 2)].into())
    );
    assert_eq!(numbers(&rig.deliver()), [3]);
}

#[test]
fn bytes_are_bounded_too() {
    let mut rig = rig_with(|config| config.queue_bytes = 1);
    for _ in 0..500 {
        rig.track_many(1);
        assert!(rig.engine.stats(rig.now).queued_bytes <= 32 * 1024);
    }
    assert!(rig.engine.stats(rig.now).lost[&LossReason::QueueFull] > 0);
}

#[test]
fn a_loss_is_told_with_the_next_batch() {
    let mut rig = rig_with(|config| config.queue_events = 4);
    rig.track_many(6);
    let last = (0..4).map(|_| rig.deliver()).last().unwrap();
    let told = read(&last, |batch| {
        (
            batch.loss.value("cap").copied(),
            batch.loss.value("queue_full").copied(),
        )
    });
    assert_eq!(told, (Some(6), Some(1)));
}

#[test]
fn what_waited_too_long_expires() {
    let mut rig = rig_with(|config| config.queue_age = Duration::from_secs(60));
    rig.track_many(1);
    rig.send(&HostAnswer::Http {
        code: 503,
        retry_after: Some("70".into()),
        body: Vec::new(),
    });
    rig.pass(Duration::from_secs(70));
    let _ = rig.step();
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Expired, 1)].into()
    );
}

#[test]
fn what_may_have_arrived_is_unconfirmed_when_it_has_to_go() {
    let mut rig = rig_with(|config| config.queue_age = Duration::from_secs(60));
    rig.track_many(1);
    rig.send(&HostAnswer::TimedOut);
    rig.pass(Duration::from_secs(70));
    let _ = rig.step();
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Unconfirmed, 1)].into()
    );
}

#[test]
fn a_crash_on_the_way_leaves_it_unconfirmed() {
    let mut rig = rig_with(|config| config.queue_age = Duration::from_secs(60));
    rig.track_many(1);
    let _on_its_way = rig.upload();
    rig.pass(Duration::from_secs(70));
    rig.restart();
    let _ = rig.step();
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Unconfirmed, 1)].into()
    );
}

#[test]
fn the_batch_on_its_way_is_spared() {
    let mut rig = rig_with(|config| config.queue_events = 4);
    rig.track_many(4);
    let first = rig.upload();
    rig.track_many(1);
    rig.answer(&first, &crate::server::taken(1));
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.delivered, stats.lost[&LossReason::QueueFull]),
        (1, 1)
    );
}

#[test]
fn losses_of_another_instance_are_told_by_number() {
    let mut rig = rig_with(|config| config.queue_age = Duration::from_secs(60));
    rig.track_many(3);
    let before = rig.engine.instance();
    rig.pass(Duration::from_secs(70));
    rig.restart();
    let report = rig.deliver();
    read(&report, |batch| {
        let event = &batch.events[0];
        assert_eq!(event.kind, Kind::Sdk);
        let told: Vec<_> = event
            .lost
            .iter()
            .map(|lost| (lost.inst, lost.from, lost.to, &*lost.why))
            .collect();
        assert_eq!(told, [(before, 1, 3, "expired")]);
    });
}

#[test]
fn events_in_no_batch_expire_by_the_moment_they_were_captured() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.track_many(3);
    rig.pass(FORTY_DAYS / 2);
    rig.restart();
    assert_eq!(rig.engine.stats(rig.now).queued, 3);
    rig.pass(FORTY_DAYS / 2);
    rig.restart();
    let _ = rig.step();
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.lost, stats.delivered),
        ([(LossReason::Expired, 3)].into(), 0)
    );
}

#[test]
fn what_waits_for_a_choice_expires_too() {
    let mut rig = rig_with(|config| {
        config.consent = Consent::Pending;
        config.batch_events = 2;
    });
    rig.track_many(2);
    rig.pass(FORTY_DAYS);
    let _ = rig.step();
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Expired, 2)].into()
    );
}

#[test]
fn a_late_choice_sends_only_what_has_not_expired() {
    let mut rig = rig_with(|config| {
        config.consent = Consent::Pending;
        config.batch_events = 100;
    });
    rig.track_many(1);
    rig.pass(FORTY_DAYS);
    rig.track_many(1);
    rig.call(|engine, now| engine.set_consent(now, Consent::Full));
    rig.call(eyeline_core::Engine::flush);
    assert_eq!(numbers(&rig.deliver()), [2, 3]);
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Expired, 1)].into()
    );
}

/// Longer than the queue keeps events.
const FORTY_DAYS: Duration = Duration::from_secs(40 * 86_400);
