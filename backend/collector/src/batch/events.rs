//! Judges the events of a batch, each on its own.
use std::collections::HashSet;
use std::time::Duration;

use eyeline_core::wire::{BadEvent, Envelope, Event, Why};
use eyeline_core::{ClockReading, event_time, limits};
use serde_json::value::RawValue;

use super::Stamp;
use super::refused::{number_of, shortened};

/// Each event on its own: one that is bad takes none of its neighbours with it.
pub(super) fn sort_out<'b>(
    envelope: &Envelope<'b>,
    stamp: &Stamp,
) -> (Vec<&'b RawValue>, Vec<BadEvent<'b>>) {
    let clock = ClockReading {
        rcv: stamp.received,
        w: stamp.wall,
        s: stamp.since_start,
        t0: envelope.t0,
    };
    let mut numbers = HashSet::with_capacity(envelope.events.len());
    let mut kept = Vec::with_capacity(envelope.events.len());
    let mut bad = Vec::new();
    for raw in &envelope.events {
        let (n, verdict) = judge_event(raw.get(), clock);
        let verdict = match (verdict, n) {
            (Ok(()), Some(n)) if !numbers.insert(n) => Err(Why::DuplicateNumber),
            (verdict, _) => verdict,
        };
        match verdict {
            Ok(()) => kept.push(*raw),
            Err(why) => bad.push(BadEvent::new(
                Some(envelope.inst),
                n,
                why,
                shortened(raw.get()),
            )),
        }
    }
    (kept, bad)
}

fn judge_event(raw: &str, clock: ClockReading) -> (Option<u64>, Result<(), Why>) {
    if raw.len() > limits::EVENT_BYTES_MAX {
        return (number_of(raw), Err(Why::TooLarge));
    }
    let event = match Event::decode(raw.as_bytes()) {
        Ok(event) => event,
        Err(error) => return (number_of(raw), Err(error.why)),
    };
    let verdict = event.check().and_then(|()| {
        let happened = event_time(clock, event.dt).event_ms;
        if clock.rcv.since(happened) > EVENT_AGE_MAX {
            Err(Why::BadClock)
        } else {
            Ok(())
        }
    });
    (Some(event.n), verdict)
}

/// An event older than this comes from a broken clock (ours): clients drop what has waited for [`limits::QUEUE_AGE_MAX`],
/// and a day is what a clock may be off by without a flag.
const EVENT_AGE_MAX: Duration = limits::QUEUE_AGE_MAX.saturating_add(limits::SKEW_FLAG);
