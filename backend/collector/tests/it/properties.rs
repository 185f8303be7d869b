//! Laws that hold for any input.
use std::sync::LazyLock;

use eyeline_core::wire::Line;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Door, batch, gzip, render, renders};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static DOOR: LazyLock<Door> = LazyLock::new(|| RUNTIME.block_on(Door::open()));

/// Anything: noise, noise in gzip, and good batches with bytes changed, cut or repeated, before or after compression.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let noise = vec(any::<u8>(), 0..2000);
    let damaged = |good: Vec<u8>| {
        (
            any::<proptest::sample::Index>(),
            vec(any::<u8>(), 0..4),
            0..40_usize,
        )
            .prop_map(move |(at, put, cut)| {
                let at = at.index(good.len());
                let mut bytes = good.clone();
                bytes.splice(at..(at + cut).min(good.len()), put);
                bytes
            })
    };
    let raw = renders([1, 2, 3]).to_string().into_bytes();
    prop_oneof![
        noise.clone(),
        noise.prop_map(|bytes| gzip(&bytes)),
        damaged(gzip(&raw)),
        damaged(raw.clone()),
        damaged(raw).prop_map(|bytes| gzip(&bytes)),
    ]
}

fn events() -> impl Strategy<Value = Vec<Value>> {
    let number = prop_oneof![0..20_u64, any::<u64>()];
    let good = number.clone().prop_map(render);
    let field = prop_oneof!["k", "n", "dt", "imp", "c", "pl", "pos", "p", "x", "later"]
        .prop_map(String::from);
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
        ".{0,200}".prop_map(Value::from),
        Just(json!({"a": [[]]})),
    ];
    let changed = (number, field, value.clone()).prop_map(|(n, field, value)| {
        let mut event = render(n);
        event[field] = value;
        event
    });
    vec(prop_oneof![3 => good, 3 => changed, 1 => value], 0..30)
}

proptest! {
    #[test]
    fn no_body_makes_the_collector_fail(body in bodies()) {
        let answer = RUNTIME.block_on(DOOR.send(body));
        assert!(answer.status == 200 || (400..500).contains(&answer.status), "{answer:?}");
        assert_eq!(answer.json()["v"], 1);
    }

    #[test]
    fn every_event_is_taken_or_refused_and_stored_once(events in events()) {
        let (answer, lines) = RUNTIME.block_on(async {
            let door = Door::open().await;
            (door.send_batch(&batch(events.clone())).await, door.sink.lines())
        });
        let body = answer.json();
        let rejected = body["rejected"].as_array().cloned().unwrap_or_default();
        assert_eq!(body["ok"].as_u64().unwrap() + rejected.len() as u64, events.len() as u64);
        let Line::Batch(line) = Line::<&RawValue>::decode(lines[0].as_bytes()).unwrap() else { panic!("a batch comes first") };
        let kept: Value = serde_json::from_str(line.batch.get()).unwrap();
        let kept = kept.get("ev").and_then(Value::as_array).cloned().unwrap_or_default();
        assert_eq!(body["ok"], kept.len());
        let bad = lines.get(1).map(|line| match Line::<&RawValue>::decode(line.as_bytes()).unwrap() {
            Line::Bad(bad) => bad.bad.len(),
            other => panic!("a bad line, not {other:?}"),
        });
        assert_eq!(bad.unwrap_or(0), rejected.len());
        // What was taken stands as sent, in order.
        let mut sent = events.iter();
        assert!(kept.iter().all(|event| sent.any(|candidate| candidate == event)));
    }
}
