//! What is refused, with which reason, and that no message quotes what was sent.

use eyeline_core::wire::{Batch, Event, Line, Why, check_attempt};
use eyeline_core::{UnixMillis, limits};
use proptest::prelude::*;
use serde_json::value::RawValue;

use crate::golden;

/// The reason for which a batch is refused after one replacement in the golden one.
fn refused(from: &str, to: &str) -> Option<Why> {
    let text = golden("full-batch");
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    let judged = match Batch::decode(text.as_bytes()) {
        Ok(batch) => batch
            .check()
            .and_then(|()| batch.events.iter().try_for_each(Event::check)),
        Err(fault) => Err(fault.why),
    };
    judged.err()
}

#[test]
fn each_fault_has_its_reason() {
    let deep = format!(r#""x":0,"deep":{}{}"#, "[".repeat(17), "]".repeat(17));
    let long = format!(r#""c":"{}""#, "x".repeat(129));
    let wide = format!(
        r#""x":0{}"#,
        (0..65).map(|i| format!(r#","u{i}":0"#)).collect::<String>()
    );
    let many = format!(
        r#""ev":[{}"#,
        r#"{"k":"page","n":1,"dt":0},"#.repeat(limits::BATCH_EVENTS_MAX)
    );
    let dims = format!(
        r#""dim":{{{}"edition":"#,
        (0..8).map(|i| format!(r#""d{i}":"","#)).collect::<String>()
    );
    let cases = [
        (r#""x":0"#, r#""x":0,"x":0"#, Why::DuplicateKey),
        (r#""x":0"#, r#""x":0,"new":1,"new":2"#, Why::DuplicateKey),
        (
            r#""exp":{"recs":"bts"}"#,
            r#""exp":{"a":"1","a":"2"}"#,
            Why::DuplicateKey,
        ),
        (
            r#""v":"1-0-0""#,
            r#""v":"1-0-0","v":"1-0-0""#,
            Why::DuplicateKey,
        ),
        (r#""n":101,"#, "", Why::Missing),
        (r#""c":"item-men-14","#, "", Why::Missing),
        (r#""inst":"9kPz3vK2QmWc8RtY","#, "", Why::Missing),
        (r#""pos":3"#, r#""pos":"3""#, Why::BadType),
        (r#""pos":3"#, r#""pos":3.5"#, Why::BadType),
        (r#""pos":3"#, r#""pos":-3"#, Why::BadType),
        (r#""pos":3"#, r#""pos":null"#, Why::BadType),
        (r#""x":0"#, r#""x":2"#, Why::BadType),
        (r#""x":0"#, r#""x":true"#, Why::BadType),
        (r#""mode":"full""#, r#""mode":"none""#, Why::BadType),
        (
            r#""inst":"9kPz3vK2QmWc8RtY""#,
            r#""inst":"short""#,
            Why::BadType,
        ),
        (r#""pos":3"#, r#""pos":2147483648"#, Why::OutOfRange),
        (r#""p":0.087"#, r#""p":0"#, Why::OutOfRange),
        (r#""p":0.087"#, r#""p":1.01"#, Why::OutOfRange),
        (r#""p":0.087"#, r#""p":1e999"#, Why::OutOfRange),
        (r#""p":0.087"#, r#""p":"0.087""#, Why::BadType),
        (r#""p":0.087"#, r#""p":NaN"#, Why::BadJson),
        (r#""mx":100"#, r#""mx":101"#, Why::OutOfRange),
        (r#""n":101"#, r#""n":0"#, Why::OutOfRange),
        (r#""n":101"#, r#""n":9007199254740992"#, Why::OutOfRange),
        (r#""sr":1.0"#, r#""sr":0"#, Why::OutOfRange),
        (r#""tz":540"#, r#""tz":-1441"#, Why::OutOfRange),
        (r#""dt":5230"#, r#""dt":-1"#, Why::BadClock),
        (
            r#""t0":1574553634000"#,
            r#""t0":4102444800001"#,
            Why::BadClock,
        ),
        (r#""c":"item-men-14""#, r#""c":"""#, Why::BadLength),
        (r#""c":"item-men-14""#, &long, Why::BadLength),
        (r#""v":"1-0-0""#, r#""v":"2-0-0""#, Why::UnknownVersion),
        (r#""x":0"#, &deep, Why::TooDeep),
        (r#""x":0"#, &wide, Why::TooManyKeys),
        (r#""dim":{"edition":"#, &dims, Why::TooManyKeys),
        (r#""ev":["#, &many, Why::TooManyEvents),
        ("]}", "]", Why::BadJson),
        ("]}", "]}}", Why::BadJson),
        ("zozo-men", "zozo\nmen", Why::ControlByte),
        (",", ",\t", Why::ControlByte),
    ];
    for (from, to, why) in cases {
        assert_eq!(refused(from, to), Some(why), "{from} -> {to}");
    }
}

#[test]
fn minor_versions_and_the_bounds_themselves_are_accepted() {
    let longest = format!(r#""c":"{}""#, "語".repeat(128));
    for (from, to) in [
        (r#""v":"1-0-0""#, r#""v":"1-7-2""#),
        (r#""c":"item-men-14""#, &longest),
        (r#""p":0.087"#, r#""p":1"#),
        (r#""n":101"#, r#""n":9007199254740991"#),
        (r#""vis":5000"#, r#""vis":86400000"#),
    ] {
        assert_eq!(refused(from, to), None, "{from} -> {to}");
    }
}

#[test]
fn unknown_keys_of_the_context_share_one_small_space() {
    // The warehouse repeats them on every event of the batch.
    let fill = |bytes: usize| "x".repeat(bytes - r#"later"""#.len());
    let within = format!(r#""later":"{}","#, fill(limits::CONTEXT_EXTRA_BYTES_MAX));
    let beyond = format!(
        r#""later":"{}","#,
        fill(limits::CONTEXT_EXTRA_BYTES_MAX + 1)
    );
    for place in [
        r#""bn":"#,
        r#""aff":"#,
        r#""cls":"#,
        r#""sid":"#,
        r#""mode":"#,
        r#""cap":240"#,
    ] {
        let with = |extra: &str| refused(place, &format!("{extra}{place}"));
        assert_eq!(with(&within), None, "{place}");
        assert_eq!(with(&beyond), Some(Why::BadLength), "{place}");
    }
    let half = format!(
        r#""later":"{}","#,
        fill(limits::CONTEXT_EXTRA_BYTES_MAX / 2 + 1)
    );
    let text = golden("full-batch")
        .replacen(r#""bn":"#, &format!(r#"{half}"bn":"#), 1)
        .replacen(r#""aff":"#, &format!(r#"{half}"aff":"#), 1);
    let batch = Batch::decode(text.as_bytes()).unwrap();
    assert_eq!(batch.check(), Err(Why::BadLength), "two halves are a whole");
}

#[test]
fn what_is_summed_stays_summable() {
    for (kind, from, number) in [
        ("kind-dwell", r#""vis":5000"#, 86_400_001),
        ("kind-dwell", r#""eng":3200"#, 86_400_001),
        ("kind-click", r#""lat":"#, 86_400_001),
        ("kind-media", r#""mw":"#, 86_400_001),
        ("kind-convert", r#""val":4980"#, 1_000_000_000_001_i64),
        ("kind-convert", r#""val":4980"#, -1_000_000_000_001),
    ] {
        let text = golden(kind);
        let (start, rest) = text.split_once(from).unwrap();
        let (name, _) = from.split_once(':').unwrap();
        let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let text = format!("{start}{name}:{number}{rest}");
        let batch = Batch::decode(text.as_bytes()).unwrap();
        assert_eq!(batch.events[0].check(), Err(Why::OutOfRange), "{text}");
    }
}

#[test]
fn a_message_never_quotes_what_was_sent() {
    let text = golden("full-batch");
    for (from, to) in [
        (r#""pos":3"#, r#""pos":"s3cret""#),
        (r#""x":0"#, r#""s3cret":1,"s3cret":2"#),
        ("zozo", "s3cret\n"),
    ] {
        let text = text.replacen(from, to, 1);
        let message = Batch::decode(text.as_bytes()).unwrap_err().to_string();
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_control_byte_is_found_wherever_it_stands() {
    for length in [1, 63, 64, 65, 200] {
        for at in 0..length {
            let mut bytes = vec![b' '; length];
            bytes[at] = 0x1f;
            let fault = Batch::decode(&bytes).unwrap_err();
            assert_eq!((fault.why, fault.at), (Why::ControlByte, at));
        }
    }
}

#[test]
fn an_error_says_where() {
    let text = golden("full-batch").replacen(r#""pos":3"#, r#""pos":"3""#, 1);
    let fault = Batch::decode(text.as_bytes()).unwrap_err();
    let place = text.find(r#""pos":"3""#).unwrap();
    assert!(
        (place..place + 10).contains(&fault.at),
        "{fault} but the fault is at {place}"
    );
    assert!(fault.detail.starts_with("expected u32"), "{fault}");
}

#[test]
fn an_attempt_without_sense_is_refused() {
    let wall = |ms| Some(UnixMillis::from_i64(ms));
    assert_eq!(check_attempt(wall(1_574_553_634_000), Some(0)), Ok(()));
    assert_eq!(check_attempt(wall(-1), None), Err(Why::BadClock));
    assert_eq!(check_attempt(wall(i64::MAX), None), Err(Why::BadClock));
    assert_eq!(check_attempt(None, Some(-1)), Err(Why::BadClock));
    assert_eq!(check_attempt(None, Some(i64::MAX)), Err(Why::BadClock));
}

#[test]
fn a_line_of_two_kinds_or_none_is_refused() {
    let two = br#"{"rcv":1,"key":"k","bad":[{"why":"too_old","raw":""}],"forget":{"aff":"a","anon":"c29tZWJvZHktaGVy"}}"#;
    for line in [
        &two[..],
        br#"{"rcv":1,"key":"k"}"#,
        br#"{"rcv":1,"key":"k","bad":[]}"#,
    ] {
        assert_eq!(
            Line::<&RawValue>::decode(line).unwrap_err().why,
            Why::Missing
        );
    }
}

#[test]
fn a_line_with_more_refused_events_than_a_batch_holds_is_refused() {
    let bad = [r#"{"why":"too_old","raw":""}"#; limits::BATCH_EVENTS_MAX + 1].join(",");
    let line = format!(r#"{{"rcv":1,"key":"k","bad":[{bad}]}}"#);
    let fault = Line::<&RawValue>::decode(line.as_bytes()).unwrap_err();
    assert_eq!(fault.why, Why::TooManyEvents);
}

#[test]
fn what_a_client_sends_can_not_set_the_outer_fields() {
    // A batch is one JSON value: whatever it holds, it ends where it ends, and an outer key given twice is refused.
    let forged =
        golden("line-batch").replacen(r#""b":{"#, r#""b":{"aff":"other","rcv":0,"key":"k2","#, 1);
    let Ok(Line::Batch(line)) = Line::<&RawValue>::decode(forged.as_bytes()) else {
        panic!("a batch line")
    };
    assert_eq!((&*line.affiliate, &*line.key), ("zozo-men", "web"));
    let twice = golden("line-batch").replacen(r#""b":{"#, r#""aff":"other","b":{"#, 1);
    assert_eq!(
        Line::<&RawValue>::decode(twice.as_bytes()).unwrap_err().why,
        Why::DuplicateKey
    );
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Batch::decode(&bytes);
        let _ = Batch::open(&bytes);
        let _ = Line::<Batch<'_>>::decode(&bytes);
    }

    #[test]
    fn reading_in_one_go_and_event_by_event_agree(at in any::<proptest::sample::Index>(), byte in 0x20_u8..) {
        let mut bytes = golden("full-batch").into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let whole = Batch::decode(&bytes).is_ok();
        let apart = Batch::open(&bytes).is_ok_and(|envelope| {
            envelope.events.iter().all(|sent| Event::decode(sent.raw().as_bytes()).is_ok())
        });
        prop_assert_eq!(whole, apart);
    }
}
