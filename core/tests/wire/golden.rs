//! Golden files read, pass the checks, and are written back to the byte.

use eyeline_core::Id;
use eyeline_core::wire::{Answer, Batch, Encoded, Envelope, Event, Forget, Kind, Line, Why};
use serde_json::value::RawValue;

use crate::{BATCHES, golden};

#[test]
fn every_golden_batch_reads_and_is_written_back_to_the_byte() {
    for name in BATCHES {
        let text = golden(name);
        let batch =
            Batch::decode(text.as_bytes()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(batch.check(), Ok(()), "{name}");
        assert!(
            batch.events.iter().all(|event| event.check() == Ok(())),
            "{name}"
        );
        assert_eq!(String::from_utf8(batch.encode()).unwrap(), text, "{name}");
    }
}

#[test]
fn every_kind_has_a_golden_batch() {
    for name in BATCHES.iter().filter_map(|name| name.strip_prefix("kind-")) {
        let text = golden(&format!("kind-{name}"));
        let batch = Batch::decode(text.as_bytes()).unwrap();
        assert_eq!(batch.events[0].kind.as_str(), name);
        assert!(!matches!(batch.events[0].kind, Kind::Other(_)), "{name}");
    }
}

#[test]
fn events_encoded_one_by_one_glue_to_the_same_batch() {
    let text = golden("full-batch");
    let batch = Batch::decode(text.as_bytes()).unwrap();
    let encode = |event: &Event<'_>| {
        let mut out = Vec::new();
        event.encode(&mut out);
        out
    };
    let pieces: Vec<Vec<u8>> = batch.events.iter().map(encode).collect();
    let glued = batch.with_events(pieces.iter().map(|piece| Encoded(piece)).collect());
    assert_eq!(String::from_utf8(glued.encode()).unwrap(), text);
}

#[test]
fn an_envelope_lets_each_event_be_judged_alone() {
    let text = golden("full-batch").replacen(r#""pos":3"#, r#""pos":-3"#, 1);
    let envelope = Envelope::open(text.as_bytes()).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = envelope
        .events
        .iter()
        .copied()
        .partition(|sent| sent.verdict().is_ok());
    assert_eq!((good.len(), bad.len()), (2, 1));
    assert_eq!(
        (bad[0].number(), bad[0].verdict()),
        (Some(101), Err(Why::BadType))
    );
    let rest = envelope.with_events(good).encode();
    assert_eq!(Batch::decode(&rest).unwrap().events.len(), 2);
}

#[test]
fn strings_are_borrowed_where_no_escape_stands() {
    let text = golden("full-batch");
    let batch = Batch::decode(text.as_bytes()).unwrap();
    assert!(matches!(
        batch.events[0].content,
        Some(std::borrow::Cow::Borrowed(_))
    ));
}

#[test]
fn unknown_keys_stay_where_they_stood() {
    let text = golden("unknown-keys");
    let batch = Batch::decode(text.as_bytes()).unwrap();
    assert_eq!(
        batch.extra.iter().collect::<Vec<_>>(),
        [("weather", "\"rain\"")]
    );
    assert_eq!(
        batch.source.extra.iter().collect::<Vec<_>>(),
        [("ab", "true")]
    );
    assert_eq!(
        batch.events[0].extra.iter().collect::<Vec<_>>(),
        [("factor", r#"{"x":[1,2.5,null]}"#)]
    );
}

#[test]
fn answers_requests_and_lines_read_and_are_written_back_to_the_byte() {
    let text = golden("answer");
    let answer = Answer::decode(text.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(answer.encode()).unwrap(), text);
    assert_eq!(
        answer,
        Answer::new(47, [(Some(103), Why::TooLarge), (None, Why::BadJson)])
    );

    let text = golden("forget");
    let forget = Forget::decode(text.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(forget.encode()).unwrap(), text);
    assert_eq!(forget.anon, Id::parse("c29tZWJvZHktaGVy").unwrap());

    for name in ["line-batch", "line-bad", "line-forget"] {
        let text = golden(name) + "\n";
        let written = match Line::<&RawValue>::decode(text.as_bytes()).unwrap() {
            Line::Batch(line) => line.encode(),
            Line::Bad(line) => line.encode(),
            Line::Forget(line) => line.encode(),
        };
        assert_eq!(String::from_utf8(written).unwrap(), text, "{name}");
    }
}

#[test]
fn a_reason_of_a_later_version_does_not_break_an_answer() {
    let answer =
        Answer::decode(br#"{"v":1,"ok":0,"rejected":[{"n":1,"why":"phase_of_the_moon"}]}"#)
            .unwrap();
    assert_eq!(answer.rejected[0].why, Why::Other);
}
