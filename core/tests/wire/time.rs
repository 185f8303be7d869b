//! The two time formulas against golden vectors, and their laws on any readings.

use eyeline_core::{ClockReading, TimeBasis, UnixMillis, event_time};
use proptest::prelude::*;
use serde_json::Value;

use crate::file;

#[test]
fn golden_vectors_hold() {
    let vectors: Vec<Value> = serde_json::from_str(&file("tests/golden/time.json")).unwrap();
    for vector in &vectors {
        let number = |key: &str| vector[key].as_i64();
        let at = |key: &str| number(key).map(UnixMillis::from_i64);
        let line = ClockReading {
            rcv: at("rcv").unwrap(),
            w: at("w"),
            s: number("s"),
            t0: at("t0").unwrap(),
        };
        let time = event_time(line, number("dt").unwrap());
        let name = vector["name"].as_str().unwrap();
        assert_eq!(Some(time.event_ms), at("event_ms"), "{name}");
        assert_eq!(
            Some(time.basis.as_str()),
            vector["basis"].as_str(),
            "{name}"
        );
        assert_eq!(Some(time.skew_ms), number("skew_ms"), "{name}");
        assert_eq!(
            Some(time.skew_flag),
            vector["skew_flag"].as_bool(),
            "{name}"
        );
    }
    for situation in ["restart", "sleep", "clock step", "late send"] {
        let covered = vectors
            .iter()
            .any(|vector| vector["name"].as_str().unwrap().starts_with(situation));
        assert!(covered, "{situation}");
    }
}

const YEAR_MS: i64 = 366 * 24 * 3600 * 1000;

proptest! {
    #[test]
    fn no_event_is_after_its_receiving(rcv: i64, w: Option<i64>, s: Option<i64>, t0: i64, dt: i64) {
        let at = UnixMillis::from_i64;
        let time = event_time(ClockReading { rcv: at(rcv), w: w.map(at), s, t0: at(t0) }, dt);
        prop_assert!(time.event_ms <= at(rcv));
    }

    /// A device whose wall clock is off by any amount, even stepped on the way, sends over a network that takes no time:
    /// its events are placed exactly where they were.
    #[test]
    fn the_clocks_error_cancels_out(
        started in 0..YEAR_MS, dt in 0..YEAR_MS, queued in 0..YEAR_MS, off in -YEAR_MS..YEAR_MS, same_instance: bool,
    ) {
        let at = UnixMillis::from_i64;
        let s = dt + queued;
        let line = ClockReading {
            rcv: at(started + s),
            w: Some(at(started + s + off)),
            s: same_instance.then_some(s),
            t0: at(started + off),
        };
        let time = event_time(line, dt);
        prop_assert_eq!(time.event_ms, at(started + dt));
        prop_assert_eq!(time.basis, if same_instance { TimeBasis::Mono } else { TimeBasis::Wall });
        prop_assert_eq!(time.skew_ms, off);
    }
}
