//! The tally against lines as the collector stores them.

use eyeline_core::UnixMillis;
use serde_json::{Value, json};

use super::{Loss, Sums, Tally};

const START: i64 = 1_000_000;

/// A line of one batch: its instance, what it says of losses, its events.
fn line(inst: &str, sdk: &str, loss: &Value, events: &Value) -> Vec<u8> {
    let batch = json!({
        "v": "1-0-0", "inst": inst, "bn": 1, "sdk": sdk, "t0": START + 1, "src": {"aff": "news"}, "dev": {}, "usr": {},
        "con": {"mode": "full"}, "loss": loss, "ev": events,
    });
    let line = json!({"rcv": START + 900, "aff": "news", "gpc": 0, "key": "first key", "att": 1, "b": batch});
    format!("{line}\n").into_bytes()
}

fn event(kind: &str, n: u64, rest: &Value) -> Value {
    let mut event =
        json!({"k": kind, "n": n, "dt": 1, "imp": 1, "c": "item-1", "pl": "recs", "pos": 1});
    for (key, value) in rest.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

fn tally(lines: &[Vec<u8>]) -> super::Seen {
    let mut tally = Tally::new(UnixMillis::from_i64(START));
    for line in lines {
        tally.add(line);
    }
    tally.seen()
}

#[test]
fn a_batch_sent_twice_counts_once_and_dwell_by_its_largest_snapshot() {
    let events = json!([
        event("render", 1, &json!({"ms": 1})),
        event("viewable", 2, &json!({"rule": "mrc50_1s"})),
        event("dwell", 3, &json!({"vis": 1000, "eng": 400})),
        event("dwell", 4, &json!({"vis": 2500, "eng": 900})),
        event("click", 5, &json!({})),
    ]);
    let sent = line("AAAAAAAAAAAAAAAA", "web/1.0.0", &json!({"cap": 5}), &events);
    let seen = tally(&[sent.clone(), sent]);
    let sums = Sums {
        events: 5,
        rendered: 1,
        measurable: 1,
        viewable: 1,
        dwelled: 1,
        visible_ms: 2500,
        engaged_ms: 900,
        clicks: 1,
        ..Sums::default()
    };
    assert_eq!((seen.total, seen.starts, seen.losses), (sums, 1, vec![]));
    assert_eq!(
        (seen.placements[0].name.as_str(), seen.placements[0].sums),
        ("recs", sums)
    );
    assert_eq!(
        (seen.paths[0].name.as_str(), seen.paths[0].sums),
        ("web", sums)
    );
}

#[test]
fn what_is_missing_is_named_where_the_sdk_names_it_and_not_arrived_otherwise() {
    let events = json!([event("render", 4, &json!({"ms": 1}))]);
    let loss = json!({"cap": 10, "queue_full": 3, "expired": 0});
    let seen = tally(&[line("AAAAAAAAAAAAAAAA", "web-js/1.0.0", &loss, &events)]);
    let loss = |reason: &str, events| Loss {
        reason: reason.to_owned(),
        events,
    };
    assert_eq!(seen.losses, [loss("not_arrived", 6), loss("queue_full", 3)]);
}

#[test]
fn a_gap_that_fills_late_is_no_loss() {
    let one = |n| {
        let events = json!([event("render", n, &json!({"imp": n, "ms": 1}))]);
        line("AAAAAAAAAAAAAAAA", "web/1.0.0", &json!({"cap": 2}), &events)
    };
    assert_eq!(tally(&[one(2)]).losses[0].events, 1);
    assert_eq!(tally(&[one(2), one(1)]).losses, []);
}

#[test]
fn lines_that_are_no_batch_are_passed_over() {
    let seen = tally(&[
        b"{\"rcv\":1,\"key\":\"k\",\"bad\":[{\"why\":\"malformed\",\"raw\":\"{\"}]}\nnot json\n"
            .to_vec(),
    ]);
    assert_eq!((seen.total, seen.starts), (Sums::default(), 0));
}
