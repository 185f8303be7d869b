//! Attempts, delays and verdicts.

use std::time::Duration;

use eyeline_core::{HostAnswer, LossReason, Step};

use crate::rig::{numbers, read, rig, rig_with};
use crate::server::{status, taken};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn a_batch_that_was_taken_is_gone() {
    let mut rig = rig();
    rig.track_many(1);
    rig.deliver();
    assert_eq!(rig.step(), Step::Idle);
    let stats = rig.engine.stats(rig.now);
    assert_eq!((stats.captured, stats.delivered, stats.queued), (1, 1, 0));
}

#[test]
fn one_upload_is_on_its_way_at_a_time() {
    let mut rig = rig();
    rig.track_many(2);
    let _first = rig.upload();
    assert!(matches!(rig.step(), Step::Wait(_)));
}

#[test]
fn every_attempt_says_its_number_and_the_clocks() {
    let mut rig = rig();
    rig.track_many(1);
    rig.pass(Duration::from_secs(5));
    let first = rig.send(&HostAnswer::TimedOut);
    assert_eq!(first.path_and_query, "/v1/batch?w=1700000005000&a=1&s=5000");
    let second = rig.send_when_due(&HostAnswer::TimedOut);
    assert!(
        second.path_and_query.contains("&a=2&s="),
        "{}",
        second.path_and_query
    );
    assert_eq!(second.body, first.body);
}

#[test]
fn a_batch_of_an_earlier_instance_is_sent_without_s() {
    let mut rig = rig();
    rig.track_many(1);
    rig.restart();
    let upload = rig.upload();
    assert_eq!(upload.path_and_query, "/v1/batch?w=1700000000000&a=1");
}

#[test]
fn silence_redirects_and_missing_pages_never_delete() {
    let mut rig = rig();
    rig.track_many(1);
    let answers = [
        HostAnswer::Unreachable,
        HostAnswer::TimedOut,
        status(302),
        status(404),
        status(408),
        status(429),
    ];
    for answer in answers.iter().cycle().take(60) {
        rig.send_when_due(answer);
    }
    assert_eq!(rig.engine.stats(rig.now).queued, 1);
}

#[test]
fn a_captive_portal_delivers_nothing() {
    let mut rig = rig();
    rig.track_many(1);
    rig.send(&HostAnswer::Http {
        code: 200,
        retry_after: None,
        body: b"<html>Log in</html>".to_vec(),
    });
    let stats = rig.engine.stats(rig.now);
    assert_eq!((stats.delivered, stats.queued), (0, 1));
}

#[test]
fn after_failures_the_waits_stay_below_five_minutes() {
    let mut rig = rig();
    rig.track_many(1);
    for _ in 0..40 {
        rig.send_when_due(&status(503));
        let wait = rig.engine.stats(rig.now).blocked_for.unwrap_or_default();
        assert!(wait <= Duration::from_secs(300), "{wait:?}");
    }
}

#[test]
fn a_server_delay_outranks_our_own() {
    let mut rig = rig();
    rig.track_many(1);
    rig.send(&HostAnswer::Http {
        code: 503,
        retry_after: Some("120".into()),
        body: Vec::new(),
    });
    assert_eq!(rig.wait(), Duration::from_secs(120));
}

#[test]
fn back_off_goes_on_after_a_restart() {
    let mut rig = rig();
    rig.track_many(1);
    rig.send(&HostAnswer::Http {
        code: 503,
        retry_after: Some("120".into()),
        body: Vec::new(),
    });
    rig.pass(Duration::from_secs(20));
    rig.restart();
    assert_eq!(rig.wait(), Duration::from_secs(100));
}

#[test]
fn after_an_outage_one_batch_probes() {
    let mut rig = rig();
    rig.track_many(3);
    rig.send(&HostAnswer::Unreachable);
    let probe = rig.send_when_due(&HostAnswer::Unreachable);
    assert_eq!(numbers(&probe), [1]);
    assert!(
        !matches!(rig.step(), Step::Send(_)) || rig.engine.stats(rig.now).blocked_for.is_none()
    );
}

#[test]
fn a_wrong_key_stops_sending_for_a_day_and_loses_nothing() {
    let mut rig = rig();
    rig.track_many(2);
    rig.send(&status(401));
    assert_eq!(rig.wait(), DAY);
    rig.pass(DAY);
    assert_eq!(numbers(&rig.deliver()), [1]);
    assert_eq!(numbers(&rig.deliver()), [2]);
}

#[test]
fn a_mended_key_is_tried_at_once() {
    let mut rig = rig();
    rig.track_many(1);
    rig.send(&status(403));
    rig.restart_with(|config| config.credentials_tag = 2);
    assert_eq!(numbers(&rig.deliver()), [1]);
}

#[test]
fn a_malformed_batch_ends_as_refused() {
    let mut rig = rig();
    rig.track_many(1);
    rig.send(&status(400));
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Refused, 1)].into()
    );
    assert_eq!(rig.step(), Step::Idle);
}

#[test]
fn events_the_collector_refuses_are_counted() {
    let mut rig = rig_with(|config| config.batch_events = 3);
    rig.track_many(3);
    let body = br#"{"v":1,"ok":2,"rejected":[{"n":2,"why":"too_large"}]}"#;
    rig.send(&HostAnswer::Http {
        code: 200,
        retry_after: None,
        body: body.to_vec(),
    });
    let stats = rig.engine.stats(rig.now);
    assert_eq!(
        (stats.delivered, stats.lost),
        (2, [(LossReason::Refused, 1)].into())
    );
}

#[test]
fn a_batch_too_large_is_halved_under_new_labels_with_the_same_keys() {
    let mut rig = rig_with(|config| config.batch_events = 10);
    rig.track_many(10);
    let whole = rig.send(&status(413));
    let (first, second) = (rig.deliver(), rig.deliver());
    assert_eq!(
        [numbers(&first), numbers(&second)].concat(),
        numbers(&whole)
    );
    assert_eq!(first.events + second.events, 10);
    let labels = [&whole, &first, &second].map(|upload| read(upload, |batch| batch.batch_number));
    assert_eq!(labels, [1, 2, 3]);
    assert_eq!(
        read(&first, |batch| batch.inst),
        read(&whole, |batch| batch.inst)
    );
}

#[test]
fn a_single_event_too_large_ends_as_refused() {
    let mut rig = rig();
    rig.track_many(1);
    rig.send(&status(413));
    assert_eq!(
        rig.engine.stats(rig.now).lost,
        [(LossReason::Refused, 1)].into()
    );
}

#[test]
fn halves_keep_their_place_after_a_restart() {
    let mut rig = rig_with(|config| config.batch_events = 4);
    rig.track_many(8);
    rig.send(&status(413));
    rig.restart();
    let order: Vec<u64> = (0..3).flat_map(|_| numbers(&rig.deliver())).collect();
    assert_eq!(order, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_batch_that_breaks_the_server_does_not_hold_up_the_others() {
    let mut rig = rig();
    rig.track_many(4);
    for _ in 0..40 {
        let upload = loop {
            match rig.step() {
                Step::Send(upload) => break upload,
                Step::Wait(wait) => rig.pass(wait),
                _ => return,
            }
        };
        let poison = numbers(&upload) == [1];
        rig.answer(&upload, &if poison { status(500) } else { taken(1) });
        if rig.engine.stats(rig.now).set_aside == 1 {
            break;
        }
        rig.track_many(1);
    }
    let stats = rig.engine.stats(rig.now);
    assert_eq!(stats.set_aside, 1);
    assert!(stats.delivered >= 3);
    while rig.engine.stats(rig.now).queued > 1 {
        assert_ne!(numbers(&rig.send_when_due(&taken(1))), [1]);
    }
    let wait = rig.wait();
    assert!(wait > DAY - HOUR && wait <= DAY, "{wait:?}");
    rig.pass(DAY);
    assert_eq!(numbers(&rig.deliver()), [1]);
}

#[test]
fn a_total_outage_sets_nothing_aside() {
    let mut rig = rig();
    rig.track_many(2);
    for _ in 0..30 {
        rig.send_when_due(&status(503));
    }
    assert_eq!(rig.engine.stats(rig.now).set_aside, 0);
}

#[test]
fn errors_of_an_outage_do_not_count_against_a_batch() {
    let mut rig = rig();
    rig.track_many(2);
    for _ in 0..20 {
        rig.send_when_due(&status(503));
    }
    rig.send_when_due(&taken(1));
    rig.send_when_due(&status(503));
    assert_eq!(rig.engine.stats(rig.now).set_aside, 0);
}

#[test]
fn an_answer_to_an_attempt_nobody_waits_for_is_ignored() {
    let mut rig = rig();
    rig.track_many(1);
    let stale = rig.send(&HostAnswer::TimedOut);
    let again = rig.send_when_due(&HostAnswer::TimedOut);
    rig.answer(&stale, &taken(1));
    assert_eq!(rig.engine.stats(rig.now).queued, 1);
    assert_ne!(stale.ticket, again.ticket);
}

#[test]
fn a_host_that_never_reports_does_not_stop_the_engine() {
    let mut rig = rig();
    rig.track_many(1);
    let _forgotten = rig.upload();
    let patience = rig.wait();
    assert_eq!(patience, Duration::from_secs(600));
    rig.pass(patience);
    rig.send_when_due(&taken(1));
    assert_eq!(rig.engine.stats(rig.now).delivered, 1);
}
