//! What the plain reader reads, serde_json reads equally; and it reads what our own writer wrote.

use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::sample::Index;

use super::super::{Batch, Event};
use super::*;

fn slowly<'de, T: Wire<'de>>(text: &'de str) -> Result<T, serde_json::Error> {
    let mut from = serde_json::Deserializer::from_str(text);
    T::read(&mut from).and_then(|value| from.end().map(|()| value))
}

const BATCH: &str = r#"{"v":"1-0-0","inst":"9kPz3vK2QmWc8RtY","bn":12,"sdk":"web/1.0.0","t0":1574553634000,"src":{"aff":"ニュース","pv":3},"con":{"mode":"full"},"exp":{"recs":"bts"},"sr":0.25,"loss":{"cap":118},"ev":[{"k":"render","n":101,"dt":-5,"imp":17,"c":"item-14","pl":"top","pos":3,"p":0.087,"x":0},{"k":"sdk","n":102,"dt":6,"lost":[{"inst":"8jOy2uJ1PlVb7QsX","from":1,"to":2,"why":"evicted"}]}]}"#;

#[test]
fn what_a_writer_writes_is_plain() {
    assert_eq!(read::<Batch<'_>>(BATCH).unwrap(), slowly(BATCH).unwrap());
    let spaced = BATCH.replace(':', " : ").replace(',', " , ");
    assert_eq!(read::<Batch<'_>>(&spaced).unwrap(), slowly(BATCH).unwrap());
}

#[test]
fn what_is_not_plain_is_left_alone() {
    let event = |field: &str| format!(r#"{{"k":"page","n":1,"dt":5{field}}}"#);
    assert!(read::<Event<'_>>(&event("")).is_ok());
    let fields = [
        r#","c":"a\u0041""#,
        r#","later":1"#,
        r#","p":1e-1"#,
        r#","p":.5"#,
        r#","p":1."#,
        r#","val":-0"#,
        r#","imp":01"#,
        r#","imp":"1""#,
        r#","n":2"#,
        r#","#,
        r#" "c":"x""#,
        r#","c""#,
        r#","imp":-"#,
        r#","imp":99999999999999999999"#,
        r#","c":null"#,
        r#"}{"#,
        r#","c":"x"#,
    ];
    for field in fields {
        assert!(read::<Event<'_>>(&event(field)).is_err(), "{field}");
    }
}

#[test]
fn strings_and_keys_end_at_their_quote_wherever_it_lies() {
    for length in 0..40 {
        for text in ["a".repeat(length), "あ".repeat(length)] {
            let json = format!(r#"{{"k":"page","n":1,"dt":5,"c":"{text}"}}"#);
            let event = read::<Event<'_>>(&json).unwrap();
            assert_eq!(event.content.as_deref(), Some(&*text));
        }
    }
    assert!(read::<Event<'_>>(r#"{"k":"page"#).is_err());
    assert!(read::<Event<'_>>(r#"{"k"#).is_err());
}

#[test]
fn numbers_read_to_their_limits() {
    let one = |json: &str| (read::<u64>(json).ok(), read::<i64>(json).ok());
    assert_eq!(one("0"), (Some(0), Some(0)));
    assert_eq!(
        one("9223372036854775807"),
        (Some(i64::MAX.unsigned_abs()), Some(i64::MAX))
    );
    assert_eq!(one("9223372036854775808"), (Some(1 << 63), None));
    assert_eq!(one("18446744073709551616"), (None, None));
    assert_eq!(
        one("-9007199254740991"),
        (None, Some(-9_007_199_254_740_991))
    );
    for bad in ["- 1", "-", "", "1.0", "1e3", "00", "-01", "+1"] {
        assert_eq!(one(bad), (None, None), "{bad}");
    }
    assert!(read::<u32>("4294967296").is_err());
    assert_eq!(read::<f64>("-0.25").ok(), Some(-0.25));
}

/// A good batch with something put in, cut out or doubled.
fn damaged() -> impl Strategy<Value = String> {
    let put = prop_oneof![
        r#"[-+0-9.eE"\\,:{}\[\] a]{0,4}"#,
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n}")),
    ];
    (any::<Index>(), put, 0..6_usize).prop_map(|(at, put, cut)| {
        let mut text = BATCH.to_owned();
        let from = text.floor_char_boundary(at.index(text.len()));
        let to = text
            .floor_char_boundary((from + cut).min(text.len()))
            .max(from);
        text.replace_range(from..to, &put);
        text
    })
}

proptest! {
    #[test]
    fn what_it_reads_serde_json_reads_equally(text in damaged()) {
        if let Ok(batch) = read::<Batch<'_>>(&text) {
            assert_eq!(batch, slowly(&text).unwrap(), "{text}");
        }
    }
}
