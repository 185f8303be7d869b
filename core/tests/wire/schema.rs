//! The JSON Schema files say the same as the Rust readers, on the golden files and on thousands of damaged ones.

use eyeline_core::wire::{Answer, Batch, Event, Line, Why};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::{BATCHES, file, golden};

fn schema(name: &str) -> Validator {
    let schema: Value = serde_json::from_str(&file(&format!("schema/{name}-1-0-0.json"))).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&golden(name)).unwrap()
}

fn accepted(batch: &Value) -> bool {
    let text = batch.to_string();
    Batch::decode(text.as_bytes()).is_ok_and(|batch| {
        batch.check().is_ok() && batch.events.iter().all(|event| Event::check(event).is_ok())
    })
}

#[test]
fn golden_files_are_valid() {
    let batch = schema("batch");
    for name in BATCHES {
        let faults: Vec<_> = batch
            .iter_errors(&parsed(name))
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
    assert!(schema("answer").is_valid(&parsed("answer")));
    for name in ["line-batch", "line-bad", "line-forget"] {
        assert!(schema("line").is_valid(&parsed(name)), "{name}");
    }
}

#[test]
fn schema_and_code_list_the_same_reasons() {
    let schema: Value = serde_json::from_str(&file("schema/answer-1-0-0.json")).unwrap();
    let listed = &schema["properties"]["rejected"]["items"]["properties"]["why"]["enum"];
    assert_eq!(*listed, json!(Why::ALL.map(Why::as_str)));
    assert!(Why::ALL.iter().all(|why| Why::named(why.as_str()) == *why));
}

/// Paths of every value inside, except below `lost`, whose `from ≤ to` no schema can say.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "lost")
            .map(|(k, v)| (k.clone(), v))
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(at, v)| (at.to_string(), v))
            .collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let path = format!("{path}/{key}");
        places(child, &path, found);
        found.push(path);
    }
}

fn remove(value: &mut Value, path: &str) {
    let (parent, key) = path.rsplit_once('/').unwrap();
    match value.pointer_mut(parent) {
        Some(Value::Object(map)) => drop(map.remove(key)),
        Some(Value::Array(list)) => drop(list.remove(key.parse().unwrap())),
        _ => unreachable!("a path has a parent"),
    }
}

fn damage() -> impl Strategy<Value = Option<Value>> {
    let texts = prop_oneof![
        Just(0),
        Just(1),
        Just(3),
        Just(64),
        Just(65),
        Just(128),
        Just(129),
        Just(512),
        Just(513)
    ];
    const NUMBERS: [i64; 18] = [
        -1,
        0,
        1,
        2,
        100,
        101,
        1440,
        1441,
        0x7fff_ffff,
        0x8000_0000,
        86_400_000,
        86_400_001,
        -1_000_000_000_001,
        1_000_000_000_000,
        1_000_000_000_001,
        (1 << 53) - 1,
        1 << 53,
        i64::MAX,
    ];
    prop_oneof![
        Just(None),
        texts.prop_map(|chars: usize| Some(json!("é".repeat(chars)))),
        proptest::sample::select(&NUMBERS[..]).prop_map(|number| Some(json!(number))),
        prop_oneof![Just(0.5), Just(-0.5), Just(1.5)].prop_map(|number: f64| Some(json!(number))),
        Just(Some(json!(null))),
        Just(Some(json!(true))),
        Just(Some(json!([]))),
        Just(Some(json!({}))),
        Just(Some(json!("JPY"))),
        Just(Some(json!("c29tZWJvZHktaGVy"))),
        Just(Some(json!("2-0-0"))),
        Just(Some(json!("measure"))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn schema_and_reader_agree_on_damaged_batches(
        name in proptest::sample::select(&BATCHES[..]),
        at in any::<proptest::sample::Index>(),
        with in damage(),
    ) {
        static SCHEMA: std::sync::LazyLock<Validator> = std::sync::LazyLock::new(|| schema("batch"));
        let mut batch = parsed(name);
        let mut paths = Vec::new();
        places(&batch, "", &mut paths);
        let path = &paths[at.index(paths.len())];
        match with {
            Some(value) => *batch.pointer_mut(path).unwrap() = value,
            None => remove(&mut batch, path),
        }
        prop_assert_eq!(SCHEMA.is_valid(&batch), accepted(&batch), "{} {}", path, batch);
    }
}

#[test]
fn schema_and_reader_agree_on_damaged_answers_and_lines() {
    let (answer, line) = (schema("answer"), schema("line"));
    for (from, to) in [
        ("47", "-1"),
        ("47", "\"47\""),
        (r#""why""#, r#""because""#),
        (r#""ok":47,"#, ""),
    ] {
        let text = golden("answer").replacen(from, to, 1);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (
                answer.is_valid(&value),
                Answer::decode(text.as_bytes()).is_ok()
            ),
            (false, false),
            "{text}"
        );
    }
    for (name, from, to) in [
        ("line-batch", r#""rcv":"#, r#""rcw":"#),
        ("line-batch", r#""att":2,"#, ""),
        ("line-bad", r#""raw":"?""#, r#""raw":1"#),
        ("line-forget", "c29tZWJvZHktaGVy", "nobody"),
    ] {
        let text = golden(name).replacen(from, to, 1);
        let value: Value = serde_json::from_str(&text).unwrap();
        let read = Line::<&RawValue>::decode(text.as_bytes()).is_ok();
        assert_eq!((line.is_valid(&value), read), (false, false), "{text}");
    }
}
