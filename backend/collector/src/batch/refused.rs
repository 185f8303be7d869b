//! What a refusal leaves behind: a message for the sender and a bad line for the warehouse.
use std::borrow::Cow;

use bytes::Bytes;
use eyeline_core::limits;
use eyeline_core::wire::{BadEvent, BadLine, DecodeError, Envelope, Extra, Sent, Why};

use super::Stamp;
use crate::keys::WriteKey;

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

pub(super) fn refuse(why: Why, envelope: &Envelope<'_>, stamp: &Stamp, key: &WriteKey) -> Refused {
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
        let row = |sent: &Sent<'_>| {
            BadEvent::new(
                Some(envelope.inst),
                sent.number(),
                why,
                shortened(sent.raw()).into_owned(),
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
pub(super) fn refuse_unread(
    error: &DecodeError,
    body: &[u8],
    stamp: &Stamp,
    key: &WriteKey,
) -> Refused {
    let text = String::from_utf8_lossy(body);
    let raw = if stamp.privacy_control {
        Cow::Borrowed("")
    } else {
        shortened(&text)
    };
    let line = bad_line(vec![BadEvent::new(None, None, error.why, raw)], stamp, key);
    Refused {
        why: error.why,
        message: error.to_string(),
        line: Some(line.into()),
        events: 0,
    }
}

pub(super) fn bad_line(bad: Vec<BadEvent<'_>>, stamp: &Stamp, key: &WriteKey) -> Vec<u8> {
    BadLine {
        received: stamp.received,
        key: Cow::Borrowed(&*key.key),
        bad,
        extra: Extra::default(),
    }
    .encode()
}

/// At most [`limits::EVENT_BYTES_MAX`] bytes, cut between characters.
pub(super) fn shortened(raw: &str) -> Cow<'_, str> {
    Cow::Borrowed(&raw[..raw.floor_char_boundary(limits::EVENT_BYTES_MAX)])
}
