//! What the calls record, one by one and in a batch.

use eyeline_mobile::{
    Action, Call, Click, Consent, FlushResult, Media, MediaState, Page, Rule, ViewRef,
};

use crate::world::{Bench, LONG_MS, json, order, teaser};

#[test]
fn an_impression_is_viewable_after_a_second_without_another_call() {
    let bench = Bench::new();
    let view = bench.client.impression(teaser("item-14"));
    assert_ne!(view, 0);
    bench.client.visible(view, 0.75, 300.0, 250.0);
    bench.pass(1_000);
    bench.client.click(
        view,
        Click {
            trusted: Some(true),
            target: None,
        },
    );
    bench.client.hide(view, "scrolled".to_owned());
    assert_eq!(bench.client.flush(LONG_MS), FlushResult::Complete);
    assert_eq!(
        bench.collector.kinds(),
        ["render", "viewable", "dwell", "click", "hide"]
    );
}

#[test]
fn a_batch_of_calls_is_what_the_calls_are_at_their_own_times() {
    let batched = Bench::new();
    batched.clock.advance(3_000);
    let view = ViewRef::Earlier { call: 0 };
    let calls = [
        (
            3_000,
            Action::Impression {
                what: teaser("item-14"),
            },
        ),
        (
            3_000,
            Action::Visible {
                view,
                fraction: 1.0,
                width: 300.0,
                height: 250.0,
            },
        ),
        (1_500, Action::Activity),
        (
            500,
            Action::Click {
                view,
                click: Click::default(),
            },
        ),
        (
            0,
            Action::Hide {
                view,
                why: "gone".to_owned(),
            },
        ),
        (0, Action::Convert { what: order("7") }),
    ];
    let calls = calls.map(|(age_ms, action)| Call { action, age_ms });
    let results = batched.client.track_all(calls.to_vec());
    batched.client.flush(LONG_MS);

    let single = Bench::new();
    let view = single.client.impression(teaser("item-14"));
    single.client.visible(view, 1.0, 300.0, 250.0);
    single.clock.advance(1_500);
    single.client.activity();
    single.clock.advance(1_000);
    let click = single.client.click(view, Click::default());
    single.clock.advance(500);
    let hide = single.client.hide(view, "gone".to_owned());
    let convert = single.client.convert(order("7"));
    single.client.flush(LONG_MS);

    assert_eq!(results, [view, 0, 0, click, hide, convert]);
    let batch = |bench: &Bench| json(&bench.collector.requests()[0].body);
    assert_eq!(batch(&batched), batch(&single));
}

#[test]
fn an_unknown_view_is_no_view() {
    let bench = Bench::new();
    for view in [0, 99, u64::MAX] {
        bench.client.visible(view, 1.0, 10.0, 10.0);
        assert_eq!(bench.client.click(view, Click::default()), 0);
        assert_eq!(bench.client.hide(view, "gone".to_owned()), 0);
    }
    let nothing = ViewRef::Earlier { call: 5 };
    let action = Action::Click {
        view: nothing,
        click: Click::default(),
    };
    assert_eq!(
        bench.client.track_all(vec![Call { action, age_ms: 0 }]),
        [0]
    );
    assert_eq!(bench.client.stats().captured, 0);
}

#[test]
fn a_video_counts_while_it_plays() {
    let bench = Bench::new();
    let mut film = teaser("film-1");
    film.rule = Some(Rule::Video);
    let view = bench.client.impression(film);
    bench.client.visible(view, 1.0, 300.0, 250.0);
    bench.pass(3_000);
    let media = Media {
        state: MediaState::Start,
        position_ms: 0,
        watched_ms: None,
        length_ms: Some(30_000),
        autoplay: Some(false),
        muted: Some(false),
    };
    assert_ne!(bench.client.media(view, media), 0);
    bench.pass(2_000);
    bench.client.flush(LONG_MS);
    let taken = bench.collector.taken();
    let viewable: Vec<_> = taken
        .iter()
        .filter(|event| event["k"] == "viewable")
        .collect();
    assert_eq!(viewable.len(), 1);
    assert_eq!(viewable[0]["dt"], 5_000);
}

#[test]
fn what_is_invalid_is_refused_counted_and_said_in_words() {
    let bench = Bench::new();
    assert_eq!(bench.client.impression(teaser("  ")), 0);
    let mut sure = teaser("item-14");
    sure.propensity = Some(0.0);
    assert_eq!(bench.client.impression(sure), 0);
    let stats = bench.client.stats();
    assert_eq!((stats.invalid, stats.captured), (2, 0));
    let why = stats.last_invalid.unwrap();
    assert_eq!(why, "propensity must be above 0 and at most 1");
}

#[test]
fn another_screen_ends_the_views_of_the_one_before() {
    let bench = Bench::new();
    let view = bench.client.impression(teaser("item-14"));
    let page = Page {
        path: Some("/cart".to_owned()),
        ..Page::default()
    };
    assert_ne!(bench.client.page(page), 0);
    assert_eq!(bench.client.click(view, Click::default()), 0);
    bench.client.flush(LONG_MS);
    let last = bench.collector.requests().last().unwrap().clone();
    assert_eq!(json(&last.body)["src"]["page"], "/cart");
}

#[test]
fn denied_consent_records_nothing() {
    let bench = Bench::new();
    bench.client.convert(order("1"));
    bench.client.set_consent(Consent::Denied);
    assert_eq!(bench.client.consent(), Consent::Denied);
    assert_eq!(bench.client.convert(order("2")), 0);
    bench.client.flush(LONG_MS);
    assert!(bench.collector.orders().is_empty());
}
