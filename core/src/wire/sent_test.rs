//! The one pass over a batch judges as reading each event alone does, and keeps every event as it was sent.

use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::{Index, select};

use super::super::{Batch, Envelope};
use super::*;

const BATCH: &str = r#"{"v":"1-0-0","inst":"9kPz3vK2QmWc8RtY","bn":12,"sdk":"web/1.0.0","t0":1574553634000,"src":{"aff":"ニュース","pv":3},"con":{"mode":"full"},"sr":0.25,"loss":{"cap":118},"ev":[{"k":"render","n":101,"dt":5,"imp":17,"c":"item-14","pl":"top","pos":3,"p":0.087,"x":0}, {"k":"page","n":102,"dt":6} ,{"k":"click","n":103,"dt":7,"imp":17,"c":"あ","pl":"top","lat":90}]}"#;

/// An event as sent, its number, and the verdict.
type Judged<'a> = (&'a str, Option<u64>, Result<i64, Why>);

/// Each event as two passes find it: the list first, then each event.
fn in_two_passes(text: &str) -> Option<Vec<Judged<'_>>> {
    let mut from = serde_json::Deserializer::from_str(text);
    let batch = Batch::<'_, &RawValue>::read(&mut from).ok()?;
    from.end().ok()?;
    let events = batch.events.into_iter().map(|raw| {
        let raw = raw.get();
        let event = Event::decode(raw.as_bytes());
        let n = event
            .as_ref()
            .map_or_else(|_| number_of(raw), |event| Some(event.n));
        let verdict = match event {
            _ if raw.len() > limits::EVENT_BYTES_MAX => Err(Why::TooLarge),
            Ok(event) => event.check().map(|()| event.dt),
            Err(error) => Err(error.why),
        };
        (raw, n.filter(|n| *n <= limits::INTEGER_MAX), verdict)
    });
    Some(events.collect())
}

fn in_one_pass(text: &str) -> Option<Vec<Judged<'_>>> {
    let envelope = Envelope::open(text.as_bytes()).ok()?;
    let events = envelope.events.iter();
    Some(
        events
            .map(|sent| (sent.raw(), sent.number(), sent.verdict()))
            .collect(),
    )
}

#[test]
fn an_event_is_kept_without_the_space_around_it() {
    let events = in_one_pass(BATCH).unwrap();
    assert_eq!(
        events[1],
        (r#"{"k":"page","n":102,"dt":6}"#, Some(102), Ok(6))
    );
    assert_eq!(events.len(), 3);
}

#[test]
fn a_plain_event_that_is_too_large_is_refused_with_its_number() {
    let long = format!(
        r#"{{"k":"page","n":7,"dt":0,"c":"{}"}}"#,
        "a".repeat(limits::EVENT_BYTES_MAX)
    );
    let batch = BATCH.replace(r#"{"k":"page","n":102,"dt":6}"#, &long);
    assert_eq!(
        in_one_pass(&batch).unwrap()[1],
        (&*long, Some(7), Err(Why::TooLarge))
    );
    assert_eq!(in_one_pass(&batch), in_two_passes(&batch));
}

#[test]
fn an_event_with_a_key_of_a_later_version_is_judged_all_the_same() {
    let batch = BATCH.replace(r#""n":102"#, r#""n":102,"later":[1]"#);
    let events = in_one_pass(&batch).unwrap();
    assert_eq!((events[1].1, events[1].2), (Some(102), Ok(6)));
    assert_eq!((events[2].1, events[2].2), (Some(103), Ok(7)));
}

/// A good batch with something put in, cut out or doubled, in one place or in several.
fn damaged() -> impl Strategy<Value = String> {
    const PIECES: [&str; 20] = [
        r#""n":101"#,
        r#","n":9007199254740993"#,
        r#","dt":-1"#,
        r#","pos":4294967295"#,
        r#","p":1e-1"#,
        r#","x":2"#,
        r#","later":{"a":[1,2]}"#,
        r#","c":null"#,
        r#""k":"later""#,
        r#"{"k":"page","n":1,"dt":0},"#,
        r#"{"n":5},"#,
        "7,",
        "null",
        "\\u0041",
        " ",
        "{",
        "}",
        "]",
        ",",
        "\"",
    ];
    let put = prop_oneof![
        select(&PIECES[..]).prop_map(str::to_owned),
        r#"[-+0-9.eE"\\,:{}\[\] a]{0,4}"#,
        any::<i64>().prop_map(|n| n.to_string()),
        (limits::EVENT_BYTES_MAX - 80..limits::EVENT_BYTES_MAX + 80)
            .prop_map(|long| format!(r#","tg":"{}""#, "a".repeat(long))),
        Just(String::new()),
    ];
    let one = (any::<Index>(), put, 0..12_usize);
    proptest::collection::vec(one, 1..4).prop_map(|changes| {
        let mut text = BATCH.to_owned();
        for (at, put, cut) in changes {
            let from = text.floor_char_boundary(at.index(text.len()));
            let to = text.floor_char_boundary((from + cut).min(text.len()));
            text.replace_range(from..to.max(from), &put);
        }
        text
    })
}

/// A good batch with a member of an event changed, so that most remain well formed.
fn changed() -> impl Strategy<Value = String> {
    const MEMBERS: [&str; 4] = [r#""n":102"#, r#""dt":6"#, r#""k":"page""#, r#""lat":90"#];
    let with = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:e}")),
        any::<f32>().prop_map(|n| n.to_string()),
        ".{0,70}".prop_map(|text| serde_json::to_string(&text).unwrap_or_default()),
        Just(r#"[{"a":[]}]"#.to_owned()),
        Just(r#"0,"pos":1,"pos":2"#.to_owned()),
    ];
    (select(&MEMBERS[..]), with).prop_map(|(member, with)| {
        let (key, _) = member.split_once(':').unwrap_or((member, ""));
        BATCH.replace(member, &format!("{key}:{with}"))
    })
}

proptest! {
    #[test]
    fn one_pass_judges_as_two_do(text in prop_oneof![damaged(), changed()]) {
        if text.bytes().all(|byte| byte >= 0x20) {
            prop_assert_eq!(in_one_pass(&text), in_two_passes(&text), "{}", text);
        }
    }
}
