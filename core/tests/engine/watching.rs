//! Watched impressions: what is recorded of them, and at which moment.

use std::time::Duration;

use eyeline_core::{
    Click, Engine, Impression, ImpressionHandle, Label, Media, MediaState, Page, PagePath, Refused,
    Step, Target, UnixMillis, Visibility,
};

use crate::rig::{Rig, impression, kinds, read, rig_with};

const SHOWS: Visibility = Visibility {
    fraction: 1.0,
    width: 300.0,
    height: 250.0,
};

fn watching() -> (Rig, ImpressionHandle) {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.call(|engine, now| engine.set_active(now, true));
    let handle = rig
        .call(|engine, now| engine.render(now, impression()))
        .unwrap();
    rig.call(|engine, now| engine.visible(now, handle, SHOWS))
        .unwrap();
    (rig, handle)
}

fn flushed(rig: &mut Rig) -> eyeline_core::Upload {
    rig.call(Engine::flush);
    rig.deliver()
}

/// Lets time pass as a host does: from one due moment to the next.
fn live_through(rig: &mut Rig, time: Duration) {
    let mut left = time;
    while !left.is_zero() {
        let wait = match rig.step() {
            Step::Wait(wait) => wait.min(left),
            _ => left,
        };
        rig.pass(wait);
        left -= wait;
    }
    let _ = rig.step();
}

#[test]
fn an_impression_becomes_viewable_at_the_moment_the_rule_was_met() {
    let (mut rig, _) = watching();
    assert_eq!(rig.wait(), Duration::from_secs(1));
    rig.pass(Duration::from_millis(1_700));
    let _ = rig.step();
    read(&flushed(&mut rig), |batch| {
        let told: Vec<_> = batch
            .events
            .iter()
            .map(|event| (event.kind.as_str(), event.dt))
            .collect();
        assert_eq!(told, [("render", 0), ("viewable", 1_000), ("dwell", 1_000)]);
        assert_eq!(batch.events[1].rule.as_deref(), Some("mrc50_1s"));
    });
}

#[test]
fn the_form_of_a_content_is_told_with_its_render_only() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    let shown = Impression {
        variant: Some(Label::new("photo").unwrap()),
        ..impression()
    };
    let handle = rig.call(|engine, now| engine.render(now, shown)).unwrap();
    rig.call(|engine, now| engine.click(now, handle, Click::default()))
        .unwrap();
    read(&flushed(&mut rig), |batch| {
        let told: Vec<_> = batch
            .events
            .iter()
            .map(|event| (event.kind.as_str(), event.variant.as_deref()))
            .collect();
        assert_eq!(told, [("render", Some("photo")), ("click", None)]);
    });
}

#[test]
fn every_event_of_an_impression_says_what_and_where() {
    let (mut rig, handle) = watching();
    rig.call(|engine, now| engine.click(now, handle, Click::default()))
        .unwrap();
    read(&flushed(&mut rig), |batch| {
        for event in &batch.events {
            let place = (
                event.imp,
                event.content.as_deref(),
                event.placement.as_deref(),
            );
            assert_eq!(place, (Some(1), Some("item-men-14"), Some("recs-top")));
        }
    });
}

#[test]
fn dwell_is_told_while_it_grows() {
    let (mut rig, _) = watching();
    live_through(&mut rig, Duration::from_millis(10_500));
    read(&flushed(&mut rig), |batch| {
        let dwell: Vec<_> = batch
            .events
            .iter()
            .filter_map(|event| event.visible_ms)
            .collect();
        assert_eq!(dwell, [1_000, 2_000, 5_000, 10_000]);
    });
}

#[test]
fn hiding_ends_it_with_a_last_snapshot() {
    let (mut rig, handle) = watching();
    live_through(&mut rig, Duration::from_millis(1_500));
    let why = Label::new("scroll").unwrap();
    rig.call(|engine, now| engine.hide(now, handle, &why))
        .unwrap();
    assert_eq!(
        kinds(&flushed(&mut rig)),
        ["render", "viewable", "dwell", "dwell", "hide"]
    );
    let again = rig.call(|engine, now| engine.click(now, handle, Click::default()));
    assert_eq!(again, Err(Refused::UnknownImpression));
}

#[test]
fn the_background_takes_a_snapshot_and_stops_the_count() {
    let (mut rig, _) = watching();
    live_through(&mut rig, Duration::from_millis(1_500));
    rig.call(Engine::background);
    assert_eq!(
        kinds(&rig.deliver()),
        ["render", "viewable", "dwell", "dwell"]
    );
    assert_eq!(rig.step(), Step::Idle);
}

#[test]
fn a_click_says_how_long_after_the_render_and_where_to() {
    let (mut rig, handle) = watching();
    rig.pass(Duration::from_millis(700));
    let click = Click {
        trusted: Some(true),
        target: Some(Target::new("zozo.jp/men/14").unwrap()),
    };
    rig.call(|engine, now| engine.click(now, handle, click))
        .unwrap();
    read(&flushed(&mut rig), |batch| {
        let click = batch.events.last().unwrap();
        let told = (click.latency_ms, click.trusted, click.target.as_deref());
        assert_eq!(told, (Some(700), Some(true), Some("zozo.jp/men/14")));
    });
}

#[test]
fn a_new_page_ends_what_was_watched_on_the_old_one() {
    let (mut rig, _) = watching();
    let page = Page::new(PagePath::new("/next").unwrap());
    rig.call(|engine, now| engine.set_page(now, page)).unwrap();
    assert_eq!(kinds(&rig.deliver()), ["render", "dwell", "hide"]);
    assert_eq!(kinds(&flushed(&mut rig)), ["page"]);
}

#[test]
fn playing_media_is_engaged_time() {
    let (mut rig, handle) = watching();
    rig.call(|engine, now| engine.media(now, handle, Media::new(MediaState::Start, 0)))
        .unwrap();
    live_through(&mut rig, Duration::from_millis(2_000));
    read(&flushed(&mut rig), |batch| {
        let dwell = batch
            .events
            .iter()
            .rev()
            .find(|event| event.visible_ms.is_some())
            .unwrap();
        assert_eq!(
            (dwell.visible_ms, dwell.engaged_ms),
            (Some(2_000), Some(2_000))
        );
    });
}

#[test]
fn a_feed_that_never_hides_anything_stays_bounded() {
    let mut rig = rig_with(|config| config.batch_events = 500);
    let first = rig
        .call(|engine, now| engine.render(now, impression()))
        .unwrap();
    for _ in 0..16_384 {
        rig.call(|engine, now| engine.render(now, impression()))
            .unwrap();
    }
    let ended = rig.call(|engine, now| engine.visible(now, first, SHOWS));
    assert_eq!(ended, Err(Refused::UnknownImpression));
}

#[test]
fn what_is_on_screen_outlives_a_feed_that_never_hides_anything() {
    let mut rig = rig_with(|config| config.batch_events = 500);
    rig.call(|engine, now| engine.set_active(now, true));
    let shown = rig
        .call(|engine, now| engine.render(now, impression()))
        .unwrap();
    rig.call(|engine, now| engine.visible(now, shown, SHOWS))
        .unwrap();
    let beside = rig
        .call(|engine, now| engine.render(now, impression()))
        .unwrap();
    for _ in 0..16_384 {
        rig.call(|engine, now| engine.render(now, impression()))
            .unwrap();
    }
    let still = rig.call(|engine, now| engine.visible(now, shown, SHOWS));
    assert_eq!(still, Ok(()));
    let ended = rig.call(|engine, now| engine.visible(now, beside, SHOWS));
    assert_eq!(ended, Err(Refused::UnknownImpression));
}

#[test]
fn broken_clocks_and_counters_cost_no_event() {
    let mut rig = rig_with(|config| config.batch_events = 100);
    rig.now.wall = UnixMillis::from_i64(-5);
    rig.restart_with(|config| config.device.utc_offset_min = Some(i32::MAX));
    let mut impression = impression();
    impression.position = Some(u32::MAX);
    let handle = rig
        .call(|engine, now| engine.render(now, impression))
        .unwrap();
    let media = Media::new(MediaState::Start, u64::MAX);
    rig.call(|engine, now| engine.media(now, handle, media))
        .unwrap();
    let upload = flushed(&mut rig);
    assert!(upload.path_and_query.starts_with("/v1/batch?w=0&"));
    read(&upload, |batch| {
        assert_eq!(batch.check(), Ok(()));
        assert!(batch.events.iter().all(|event| event.check() == Ok(())));
    });
}
