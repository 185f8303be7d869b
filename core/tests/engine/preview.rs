//! The open batch as it would be sent, for hosts that arm a request ahead.

use eyeline_core::{Consent, Engine, Preview, Upload, UploadKind};

use crate::rig::{Rig, rig_with};
use crate::server::{status, taken};

fn roomy() -> Rig {
    rig_with(|config| config.batch_events = 100)
}

fn preview(rig: &Rig) -> Option<Preview> {
    rig.engine.preview(rig.now)
}

#[test]
fn a_preview_is_the_batch_that_a_flush_would_seal() {
    let mut rig = roomy();
    rig.track_many(3);
    let preview = preview(&rig).unwrap();
    rig.call(Engine::flush);
    let upload = rig.upload();
    assert_eq!(preview.path_and_query, upload.path_and_query);
    assert_eq!(preview.body, upload.body);
    assert_eq!(upload.kind, UploadKind::Batch);
}

#[test]
fn a_preview_changes_nothing() {
    let life = |looks: usize| -> (Vec<u8>, String) {
        let mut rig = roomy();
        rig.track_many(2);
        for _ in 0..looks {
            let _ = preview(&rig);
        }
        rig.track_many(1);
        assert!(rig.engine.take_writes().is_none());
        rig.call(Engine::flush);
        let Upload {
            body,
            path_and_query,
            ..
        } = rig.upload();
        (body, path_and_query)
    };
    assert_eq!(life(0), life(3));
}

#[test]
fn nothing_is_previewed_where_nothing_may_be_sent() {
    let mut empty = roomy();
    assert_eq!(preview(&empty), None);
    empty.track_many(1);
    assert!(preview(&empty).is_some());

    let mut pending = rig_with(|config| config.consent = Consent::Pending);
    pending.track_many(1);
    assert_eq!(preview(&pending), None);
}

#[test]
fn nothing_is_previewed_while_the_collector_wants_a_pause() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.call(Engine::flush);
    rig.send(&status(401));
    rig.track_many(1);
    assert_eq!(preview(&rig), None);
}

#[test]
fn what_waits_is_shown_as_it_is_handed_out_later() {
    let mut rig = rig_with(|_| {});
    rig.track_many(3);
    let first = rig.upload();
    let waiting = |rig: &Rig, skip| rig.engine.waiting(rig.now, skip);
    let shown = [waiting(&rig, 0).unwrap(), waiting(&rig, 1).unwrap()];
    assert_eq!(waiting(&rig, 2), None);
    rig.call(|engine, now| engine.answer(now, first.ticket, &taken(1)));
    for preview in shown {
        let upload = rig.upload();
        assert_eq!(preview.path_and_query, upload.path_and_query);
        assert_eq!(preview.body, upload.body);
        rig.call(|engine, now| engine.answer(now, upload.ticket, &taken(1)));
    }
}

#[test]
fn what_an_earlier_instance_left_is_sent_in_its_turn_alone() {
    let mut rig = roomy();
    rig.track_many(1);
    rig.call(Engine::flush);
    rig.restart();
    rig.track_many(2);
    rig.call(Engine::flush);
    let waiting = |rig: &Rig, skip| rig.engine.waiting(rig.now, skip);
    assert!(waiting(&rig, 0).is_some());
    assert_eq!(waiting(&rig, 1), None);
    assert_eq!(rig.upload().events, 1);
}

#[test]
fn nothing_waits_to_be_sent_while_the_collector_wants_a_pause() {
    let mut rig = rig_with(|_| {});
    rig.track_many(2);
    rig.send(&status(401));
    assert_eq!(rig.engine.waiting(rig.now, 0), None);
}
