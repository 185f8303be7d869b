//! Judges one batch: the whole of it, then each event alone, and writes the lines it becomes. Pure: no clock, no I/O.
use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use eyeline_core::wire::{
    BadEvent, BadLine, ConsentMode, Encoded, Envelope, Event, Extra, RawLine, Why, check_attempt,
};
use eyeline_core::{ClockReading, UnixMillis, event_time, limits};
use serde_json::value::RawValue;

use crate::keys::WriteKey;

/// What the collector itself knows of a request. None of it comes from the batch.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) received: UnixMillis,
    pub(crate) network: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) privacy_control: bool,
    /// The client's wall clock at the attempt.
    pub(crate) wall: Option<UnixMillis>,
    /// Its milliseconds since `t0` at the attempt.
    pub(crate) since_start: Option<i64>,
    pub(crate) attempt: u32,
}

/// A batch that was taken, in part at least.
#[derive(Debug)]
pub(crate) struct Accepted<'b> {
    /// The raw line, and a bad line where events were refused.
    pub(crate) lines: Bytes,
    pub(crate) affiliate: String,
    pub(crate) inst: eyeline_core::Id,
    /// Events taken, as sent.
    pub(crate) kept: Vec<&'b RawValue>,
    pub(crate) rejected: Vec<(Option<u64>, Why)>,
}

/// A batch of which nothing was taken.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) why: Why,
    pub(crate) message: String,
    /// The bad line that keeps what was sent. `None` where the client keeps its events and comes back.
    pub(crate) line: Option<Bytes>,
    /// Events that could be counted.
    pub(crate) events: u64,
}

/// Judges `body`, the batch as sent, unpacked.
pub(crate) fn judge<'b>(
    body: &'b [u8],
    stamp: &Stamp,
    key: &WriteKey,
) -> Result<Accepted<'b>, Refused> {
    let envelope = Envelope::open(body).map_err(|error| Refused {
        why: error.why,
        message: error.to_string(),
        line: Some(whole_body_line(body, error.why, stamp, key)),
        events: 0,
    })?;
    let whole = envelope
        .check()
        .and_then(|()| check_attempt(stamp.wall, stamp.since_start));
    if let Err(why) = whole {
        return Err(refuse(why, &envelope, stamp, key));
    }
    if !key.may_send_for(&envelope.source.affiliate) {
        return Err(refuse(Why::WrongAffiliate, &envelope, stamp, key));
    }
    let (kept, bad) = sort_out(&envelope, stamp);
    let rejected = bad.iter().map(|event| (event.n, event.why)).collect();
    let (affiliate, inst) = (
        envelope.source.affiliate.clone().into_owned(),
        envelope.inst,
    );
    let rewritten = rewritten(envelope, &kept, bad.is_empty(), stamp.privacy_control);
    let line = RawLine {
        received: stamp.received,
        affiliate: Cow::Borrowed(&*affiliate),
        ip: stamp.network.as_deref().map(Cow::Borrowed),
        country: stamp.country.as_deref().map(Cow::Borrowed),
        user_agent: stamp.user_agent.as_deref().map(Cow::Borrowed),
        gpc: stamp.privacy_control,
        key: Cow::Borrowed(&*key.key),
        wall: stamp.wall,
        since_start: stamp.since_start,
        attempt: stamp.attempt,
        batch: Encoded(rewritten.as_deref().unwrap_or(body)),
        extra: Extra::default(),
    };
    let mut lines = line.encode();
    if !bad.is_empty() {
        lines.extend(bad_line(bad, stamp, key));
    }
    Ok(Accepted {
        lines: lines.into(),
        affiliate,
        inst,
        kept,
        rejected,
    })
}

/// The batch written anew, or `None` where the bytes as sent may stand.
fn rewritten(
    envelope: Envelope<'_>,
    kept: &[&RawValue],
    all_kept: bool,
    privacy_control: bool,
) -> Option<Vec<u8>> {
    let consent = &envelope.consent;
    // Where copies differ the stricter wins: the header, the flag, the mode, or an audience of children.
    let measure_only =
        privacy_control || consent.gpc || consent.coppa || consent.mode == ConsentMode::Measure;
    let remove_id =
        measure_only && (envelope.user.anon.is_some() || consent.mode == ConsentMode::Full);
    if all_kept && !remove_id {
        return None;
    }
    let mut batch = envelope;
    if remove_id {
        batch.user.anon = None;
        batch.consent.mode = ConsentMode::Measure;
        batch.consent.gpc |= privacy_control;
    }
    Some(batch.with_events(kept.to_vec()).encode())
}

/// Each event on its own: one that is bad takes none of its neighbours with it.
fn sort_out<'b>(envelope: &Envelope<'b>, stamp: &Stamp) -> (Vec<&'b RawValue>, Vec<BadEvent<'b>>) {
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

/// The number of an event that can't be read otherwise, so that its sender knows which one was refused.
fn number_of(raw: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        n: u64,
    }
    serde_json::from_str::<Numbered>(raw)
        .ok()
        .map(|event| event.n)
        .filter(|n| *n <= limits::INTEGER_MAX)
}

fn refuse(why: Why, envelope: &Envelope<'_>, stamp: &Stamp, key: &WriteKey) -> Refused {
    let message = match why {
        Why::WrongAffiliate => {
            "src.aff is not among this key's affiliates: add it to the keys file or use the affiliate's own key".to_owned()
        }
        Why::UnknownVersion => format!("v names a model this collector can't read; it reads {}", limits::WIRE_VERSION),
        Why::TooManyEvents => format!("a batch holds at most {} events", limits::BATCH_EVENTS_MAX),
        Why::BadClock => "t0, w or s is a time that no clock shows".to_owned(),
        _ => format!("a value outside the events is {why}"),
    };
    // A client splits what is too much and keeps what its key may not send: those events come again.
    let comes_again = matches!(why, Why::TooManyEvents | Why::WrongAffiliate);
    let bad = || {
        let row = |raw: &&RawValue| {
            BadEvent::new(
                Some(envelope.inst),
                number_of(raw.get()),
                why,
                shortened(raw.get()).into_owned(),
            )
        };
        envelope.events.iter().map(row).collect::<Vec<_>>()
    };
    Refused {
        why,
        message,
        line: (!comes_again && !envelope.events.is_empty())
            .then(|| bad_line(bad(), stamp, key).into()),
        events: envelope.events.len() as u64,
    }
}

/// Where no event could be told apart, the start of the body stands for all of them. It may hold a visitor's id, so it
/// stays out where the visitor asked not to be followed.
fn whole_body_line(body: &[u8], why: Why, stamp: &Stamp, key: &WriteKey) -> Bytes {
    let text = String::from_utf8_lossy(body);
    let raw = if stamp.privacy_control {
        Cow::Borrowed("")
    } else {
        shortened(&text)
    };
    bad_line(vec![BadEvent::new(None, None, why, raw)], stamp, key).into()
}

fn bad_line(bad: Vec<BadEvent<'_>>, stamp: &Stamp, key: &WriteKey) -> Vec<u8> {
    BadLine {
        received: stamp.received,
        key: Cow::Borrowed(&*key.key),
        bad,
        extra: Extra::default(),
    }
    .encode()
}

/// At most [`limits::EVENT_BYTES_MAX`] bytes, cut between characters.
fn shortened(raw: &str) -> Cow<'_, str> {
    Cow::Borrowed(&raw[..raw.floor_char_boundary(limits::EVENT_BYTES_MAX)])
}

/// An event older than this comes from a broken clock (ours): clients drop what has waited for [`limits::QUEUE_AGE_MAX`],
/// and a day is what a clock may be off by without a flag.
const EVENT_AGE_MAX: Duration = limits::QUEUE_AGE_MAX.saturating_add(limits::SKEW_FLAG);
