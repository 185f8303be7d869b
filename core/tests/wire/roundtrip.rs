//! decode(encode(x)) = x for any batch, answer and line.

use std::borrow::Cow;

use eyeline_core::wire::{
    Answer, Batch, Consent, ConsentMode, Device, Event, Extra, Kind, Line, Lost, Pairs, Previous,
    RawLine, Source, User, Why,
};
use eyeline_core::{Id, UnixMillis};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

type Text = Cow<'static, str>;

fn text() -> impl Strategy<Value = Text> {
    // Any characters: quotes, backslashes, control characters and emoji must survive.
    vec(any::<char>(), 0..12).prop_map(|chars| Cow::Owned(chars.into_iter().collect()))
}

fn id() -> impl Strategy<Value = Id> {
    "[A-Za-z0-9_-]{16}".prop_map(|text| Id::parse(&text).unwrap())
}

fn kind() -> impl Strategy<Value = Kind<'static>> {
    const NAMES: [&str; 12] = [
        "serve", "render", "viewable", "dwell", "click", "media", "hide", "convert", "page",
        "consent", "sdk", "later",
    ];
    select(&NAMES[..]).prop_map(|name| Kind::named(Cow::Borrowed(name)))
}

fn pairs<T: std::fmt::Debug>(
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Pairs<'static, T>> {
    vec((text(), values), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

prop_compose! {
    fn lost()(inst in id(), from: u64, to: u64, why in text()) -> Lost<'static> {
        Lost { inst, from, to, why, extra: Extra::default() }
    }
}

prop_compose! {
    fn named()(content in of(text()), placement in of(text()), request in of(text()), model in of(text()),
               rule in of(text()), target in of(text()), media_state in of(text()), why in of(text()), variant in of(text()))
            (goal in of(text()), currency in of(text()), order in of(text()), content in Just(content),
             placement in Just(placement), request in Just(request), model in Just(model), rule in Just(rule),
             target in Just(target), media_state in Just(media_state), why in Just(why), variant in Just(variant)) -> Event<'static> {
        Event { content, placement, request, model, variant, rule, target, media_state, why, goal, currency, order,
                ..Event::new(Kind::Page, 1, 0) }
    }
}

prop_compose! {
    fn event()(kind in kind(), named in named(), n: u64, dt: i64, imp: Option<u64>, position: Option<u32>,
               flags: [Option<bool>; 5], propensity in of(0.0..=1.0_f64), wide: [Option<u64>; 6],
               narrow: [Option<u32>; 2], value: Option<i64>, lost in vec(lost(), 0..3)) -> Event<'static> {
        let [measurable, exploration, trusted, autoplay, muted] = flags;
        let [visible_ms, engaged_ms, latency_ms, media_position_ms, media_watched_ms, media_length_ms] = wide;
        let [max_visible, times_in_view] = narrow;
        Event { kind, n, dt, imp, position, measurable, exploration, trusted, autoplay, muted, propensity, visible_ms,
                engaged_ms, latency_ms, media_position_ms, media_watched_ms, media_length_ms, max_visible,
                times_in_view, value, lost, ..named }
    }
}

prop_compose! {
    fn source()(affiliate in text(), site in of(text()), page in of(text()), referrer in of(text()), page_view: Option<u32>)
            -> Source<'static> {
        Source { affiliate, site, page, referrer, page_view, extra: Extra::default() }
    }
}

prop_compose! {
    fn device()(class in of(text()), os in of(text()), language in of(text()), tz: Option<i64>, width: Option<u32>,
                height: Option<u32>) -> Device<'static> {
        Device { class, os, language, tz, width, height, extra: Extra::default() }
    }
}

prop_compose! {
    fn batch()(inst in id(), batch_number in any::<u64>(), sdk in text(), t0 in any::<i64>(), source in source(),
               device in device(), ids in (of(id()), of(id()), of(any::<u32>())), flags in any::<[bool; 3]>())
            (experiments in pairs(text()), sampling_rate in of(0.0..=1.0_f64), dimensions in pairs(text()),
             loss in pairs(any::<u64>()), previous in of((id(), any::<u64>())), events in vec(event(), 0..6),
             base in Just((inst, batch_number, sdk, t0, source, device, ids, flags))) -> Batch<'static> {
        let (inst, batch_number, sdk, t0, source, device, (anon, sid, session_number), [full, gpc, coppa]) = base;
        let mode = if full { ConsentMode::Full } else { ConsentMode::Measure };
        Batch {
            source, device, experiments, sampling_rate, dimensions, loss, events,
            user: User { anon, sid, session_number, extra: Extra::default() },
            consent: Consent { mode, gpc, coppa, extra: Extra::default() },
            previous: previous.map(|(inst, captured)| Previous { inst, captured, extra: Extra::default() }),
            ..Batch::new(inst, batch_number, sdk, UnixMillis::from_i64(t0), "")
        }
    }
}

proptest! {
    #[test]
    fn a_batch_reads_back_as_it_was(batch in batch()) {
        let bytes = batch.encode();
        prop_assert!(bytes.iter().all(|byte| *byte >= 0x20));
        prop_assert_eq!(Batch::decode(&bytes).unwrap(), batch);
    }

    #[test]
    fn a_line_reads_back_as_it_was(batch in batch(), rcv: i64, s: Option<i64>, texts in [text(), text()], opt in [of(text()), of(text()), of(text())]) {
        let ([affiliate, key], [ip, country, user_agent]) = (texts, opt);
        let line = RawLine {
            received: UnixMillis::from_i64(rcv), affiliate, ip, country, user_agent, gpc: s.is_some(), key,
            wall: s.map(UnixMillis::from_i64), since_start: s, attempt: 1, batch, extra: Extra::default(),
        };
        let bytes = line.encode();
        prop_assert_eq!(Line::<Batch<'_>>::decode(&bytes).unwrap(), Line::Batch(line));
    }

    #[test]
    fn an_answer_reads_back_as_it_was(ok: u64, rejected in vec((any::<Option<u64>>(), select(&Why::ALL[..])), 0..5)) {
        let answer = Answer::new(ok, rejected);
        let bytes = answer.encode();
        prop_assert_eq!(Answer::decode(&bytes).unwrap(), answer);
    }
}
