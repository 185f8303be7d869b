//! Nothing leaves without consent, and nothing stays after it is withdrawn.

use std::time::Duration;

use eyeline_core::wire::ConsentMode;
use eyeline_core::{
    Class, Consent, Engine, HostAnswer, Id, LossReason, Refused, Step, Upload, UploadKind,
};

use crate::rig::{Rig, kinds, numbers, read, rig, rig_with};
use crate::server::{status, taken};

/// What a batch says of the visitor.
fn who(upload: &Upload) -> (ConsentMode, Option<Id>) {
    read(upload, |batch| (batch.consent.mode, batch.user.anon))
}

const NOBODY: (ConsentMode, Option<Id>) = (ConsentMode::Measure, None);

fn choose(rig: &mut Rig, choice: Consent) {
    rig.call(|engine, now| engine.set_consent(now, choice));
}

#[test]
fn while_pending_nothing_is_stored_or_sent() {
    let mut rig = rig_with(|config| config.consent = Consent::Pending);
    rig.track_many(5);
    assert!(rig.store.is_empty());
    assert_eq!(rig.step(), Step::Idle);
    assert_eq!(rig.engine.stats(rig.now).queued, 5);
}

#[test]
fn what_was_kept_in_memory_goes_out_under_the_choice_made() {
    let mut rig = rig_with(|config| {
        config.consent = Consent::Pending;
        config.batch_events = 2;
    });
    rig.track_many(2);
    choose(&mut rig, Consent::MeasureOnly);
    let upload = rig.deliver();
    assert_eq!(numbers(&upload), [1, 2]);
    read(&upload, |batch| {
        assert_eq!(
            (batch.consent.mode, batch.user.anon),
            (ConsentMode::Measure, None)
        );
    });
}

#[test]
fn denial_wipes_the_queue_and_the_store() {
    let mut rig = rig_with(|config| config.batch_events = 2);
    rig.track_many(3);
    choose(&mut rig, Consent::Denied);
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::ConsentWithdrawn, 3)].into()
    );
    assert_eq!(
        rig.store.count(Class::Batch) + rig.store.count(Class::Event),
        0
    );
    assert_eq!(rig.track(), Err(Refused::Denied));
    assert_eq!(rig.step(), Step::Idle);
}

#[test]
fn an_answer_after_denial_changes_nothing() {
    let mut rig = rig();
    rig.track_many(1);
    let upload = rig.upload();
    choose(&mut rig, Consent::Denied);
    rig.answer(&upload, &taken(1));
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.delivered, stats.lost),
        (0, [(LossReason::ConsentWithdrawn, 1)].into())
    );
}

#[test]
fn denial_outlives_the_process() {
    let mut rig = rig();
    choose(&mut rig, Consent::Denied);
    rig.restart();
    assert_eq!(rig.track(), Err(Refused::Denied));
}

#[test]
fn a_change_of_mode_closes_the_batch() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.track_many(1);
    choose(&mut rig, Consent::MeasureOnly);
    let upload = rig.deliver();
    assert_eq!((numbers(&upload), who(&upload)), (vec![1], NOBODY));
    rig.call(Engine::flush);
    let upload = rig.deliver();
    assert_eq!(
        (kinds(&upload), read(&upload, |batch| batch.user.anon)),
        (vec!["consent".to_owned()], None)
    );
}

#[test]
fn a_browser_that_asks_not_to_be_tracked_is_only_measured() {
    let mut rig = rig_with(|config| config.gpc = true);
    rig.track_many(1);
    read(&rig.deliver(), |batch| {
        assert_eq!(
            (batch.consent.mode, batch.consent.gpc, batch.user.anon),
            (ConsentMode::Measure, true, None)
        );
    });
}

#[test]
fn children_are_only_measured() {
    let mut rig = rig_with(|config| config.children = true);
    rig.track_many(1);
    read(&rig.deliver(), |batch| {
        assert_eq!(
            (batch.consent.mode, batch.consent.coppa, batch.user.anon),
            (ConsentMode::Measure, true, None)
        );
    });
}

#[test]
fn forgetting_erases_here_asks_the_collector_and_mints_a_new_id() {
    let mut rig = rig();
    rig.track_many(1);
    let before = read(&rig.deliver(), |batch| batch.user.anon.unwrap());
    rig.track_many(1);
    rig.call(Engine::forget);
    let request = rig.deliver();
    assert_eq!(request.kind, UploadKind::Forget);
    assert_eq!(
        String::from_utf8(request.body).unwrap(),
        format!(r#"{{"aff":"zozo-men","anon":"{before}"}}"#)
    );
    rig.track_many(1);
    let (anon, session) = read(&rig.deliver(), |batch| {
        (batch.user.anon, batch.user.session_number)
    });
    assert!(anon.is_some() && anon != Some(before));
    assert_eq!(session, Some(1));
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::ConsentWithdrawn, 1)].into()
    );
}

#[test]
fn a_request_to_forget_outlives_restarts_denial_and_refusals() {
    let mut rig = rig();
    rig.call(Engine::forget);
    choose(&mut rig, Consent::Denied);
    rig.restart();
    assert_eq!(rig.store.count(Class::Erasure), 1);
    for answer in [status(400), status(413), status(404), status(500)] {
        assert_eq!(rig.send_when_due(&answer).kind, UploadKind::Forget);
    }
    rig.send_when_due(&taken(1));
    assert_eq!(
        (rig.store.count(Class::Erasure), rig.step()),
        (0, Step::Idle)
    );
}

#[test]
fn a_request_the_collector_does_not_take_does_not_hold_up_batches() {
    let mut rig = rig();
    rig.call(Engine::forget);
    rig.track_many(1);
    assert_eq!(rig.send(&status(404)).kind, UploadKind::Forget);
    assert_eq!(rig.send_when_due(&taken(1)).kind, UploadKind::Batch);
}

#[test]
fn who_denied_can_still_ask_to_be_forgotten() {
    let mut rig = rig();
    choose(&mut rig, Consent::Denied);
    rig.call(Engine::forget);
    assert_eq!(rig.deliver().kind, UploadKind::Forget);
}

#[test]
fn forgetting_that_could_not_be_stored_is_stored_later_even_while_pending() {
    let mut rig = rig();
    rig.track_many(2);
    choose(&mut rig, Consent::Pending);
    rig.engine.forget(rig.now);
    assert!(rig.engine.take_writes().is_some());
    rig.engine.storage_failed(rig.now);
    rig.pass(Duration::from_secs(5));
    let _ = rig.step();
    rig.track_many(3);
    assert_eq!(
        (
            rig.store.count(Class::Batch),
            rig.store.count(Class::Event),
            rig.store.count(Class::Erasure)
        ),
        (0, 0, 1)
    );
}

#[test]
fn asking_again_after_a_denial_stores_no_session() {
    let mut rig = rig();
    rig.track_many(1);
    let session = read(&rig.deliver(), |batch| batch.user.sid.unwrap());
    assert!(rig.store.holds(session.as_str()));
    choose(&mut rig, Consent::Denied);
    choose(&mut rig, Consent::Pending);
    assert!(!rig.store.holds(session.as_str()));
    rig.restart();
    assert_eq!(rig.engine.consent(), Consent::Pending);
}

#[test]
fn forgetting_while_pending_stores_nothing_of_the_pending_instance() {
    let mut rig = rig();
    rig.track_many(1);
    rig.restart_with(|config| config.consent = Consent::Pending);
    rig.track_many(3);
    rig.call(Engine::forget);
    let (instance, stored) = (rig.engine.instance(), rig.store.clone());
    choose(&mut rig, Consent::Full);
    assert_eq!(rig.deliver().kind, UploadKind::Forget);
    let session = read(&rig.deliver(), |batch| batch.user.sid.unwrap());
    assert!(!stored.holds(session.as_str()));
    assert!(!stored.holds(instance.as_str()));
    rig.store = stored;
    rig.restart();
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.captured, stats.lost),
        (1, [(LossReason::ConsentWithdrawn, 1)].into())
    );
}

#[test]
fn a_choice_that_narrows_takes_the_visitor_out_of_what_is_queued() {
    for narrow in [
        |rig: &mut Rig| choose(rig, Consent::MeasureOnly),
        |rig: &mut Rig| rig.call(|engine, now| engine.set_gpc(now, true)),
        |rig: &mut Rig| rig.restart_with(|config| config.gpc = true),
        |rig: &mut Rig| rig.restart_with(|config| config.children = true),
    ] {
        let mut rig = rig_with(|config| config.batch_events = 2);
        rig.track_many(3);
        narrow(&mut rig);
        let (first, second) = (rig.deliver(), rig.deliver());
        assert_eq!((numbers(&first), who(&first)), (vec![1, 2], NOBODY));
        assert_eq!((numbers(&second)[0], who(&second)), (3, NOBODY));
        assert_eq!(rig.engine.stats(rig.now).lost, [].into());
    }
}

#[test]
fn a_batch_without_its_visitor_has_a_label_of_its_own_and_goes_on_where_it_was() {
    let mut rig = rig();
    rig.track_many(2);
    let named = rig.send(&HostAnswer::TimedOut);
    choose(&mut rig, Consent::MeasureOnly);
    rig.restart();
    let nameless = rig.send_when_due(&taken(1));
    assert_eq!(numbers(&nameless), numbers(&named));
    assert_eq!(
        read(&nameless, |batch| batch.inst),
        read(&named, |batch| batch.inst)
    );
    let labels = [&named, &nameless].map(|upload| read(upload, |batch| batch.batch_number));
    assert_ne!(labels[0], labels[1]);
    assert!(
        nameless.path_and_query.ends_with("&a=2"),
        "{}",
        nameless.path_and_query
    );
    assert_eq!(numbers(&rig.deliver()), [2]);
}

#[test]
fn an_id_given_up_leaves_no_more_even_under_a_new_full_consent() {
    let mut rig = rig();
    rig.track_many(1);
    choose(&mut rig, Consent::MeasureOnly);
    choose(&mut rig, Consent::Full);
    assert_eq!(who(&rig.deliver()), NOBODY);
}

#[test]
fn the_batches_of_another_affiliate_keep_their_visitor() {
    let mut rig = rig();
    rig.track_many(1);
    rig.restart_with(|config| {
        config.affiliate = eyeline_core::AffiliateId::new("zozo-women").unwrap();
    });
    assert!(who(&rig.deliver()).1.is_some());
}
