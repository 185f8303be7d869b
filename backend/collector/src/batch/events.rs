//! Judges the events of a batch, each on its own.
use std::collections::HashSet;
use std::time::Duration;

use eyeline_core::wire::{BadEvent, Envelope, Sent, Why};
use eyeline_core::{ClockReading, event_time, limits};

use super::Stamp;
use super::refused::shortened;

/// Takes the bad events out of the batch. Each stands for itself: one that is bad takes none of its neighbours with it.
pub(super) fn take_bad<'b>(envelope: &mut Envelope<'b>, stamp: &Stamp) -> Vec<BadEvent<'b>> {
    let clock = ClockReading {
        rcv: stamp.received,
        w: stamp.wall,
        s: stamp.since_start,
        t0: envelope.t0,
    };
    // Clients count upwards. Only where one does not can a number stand twice.
    let counted_up = envelope.events.is_sorted_by(|a, b| a.number() < b.number());
    let mut numbers = (!counted_up).then(HashSet::new);
    let mut bad = Vec::new();
    envelope.events.retain(|sent| {
        let mut verdict = verdict(sent, clock);
        if let (Ok(()), Some(numbers), Some(n)) = (verdict, &mut numbers, sent.number())
            && !numbers.insert(n)
        {
            verdict = Err(Why::DuplicateNumber);
        }
        if let Err(why) = verdict {
            bad.push(BadEvent::new(
                Some(envelope.inst),
                sent.number(),
                why,
                shortened(sent.raw()),
            ));
        }
        verdict.is_ok()
    });
    bad
}

fn verdict(sent: &Sent<'_>, clock: ClockReading) -> Result<(), Why> {
    let happened = event_time(clock, sent.verdict()?).event_ms;
    if clock.rcv.since(happened) > EVENT_AGE_MAX {
        Err(Why::BadClock)
    } else {
        Ok(())
    }
}

/// An event older than this comes from a broken clock (ours): clients drop what has waited for [`limits::QUEUE_AGE_MAX`],
/// and a day is what a clock may be off by without a flag.
const EVENT_AGE_MAX: Duration = limits::QUEUE_AGE_MAX.saturating_add(limits::SKEW_FLAG);
