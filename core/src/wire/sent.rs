//! One event as it was sent, with the verdict on it: all that who passes batches on must know of an event.

use serde_json::value::RawValue;

use super::plain::{NotPlain, Plain};
use super::value::Wire;
use super::{Event, Why};
use crate::limits;

/// One event of an [`Envelope`](super::Envelope): judged while it is read, kept as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent<'a> {
    raw: &'a str,
    n: Option<u64>,
    verdict: Result<i64, Why>,
}

impl<'a> Sent<'a> {
    /// Judges one event that is well-formed JSON. One that is too large is not read for more than its number.
    fn read_alone(raw: &'a str) -> Self {
        let event = if raw.len() > limits::EVENT_BYTES_MAX {
            Err(Why::TooLarge)
        } else {
            Event::decode(raw.as_bytes()).map_err(|error| error.why)
        };
        match event {
            Ok(event) => Self::judged(raw, &event),
            Err(why) => Self {
                raw,
                n: number_of(raw),
                verdict: Err(why),
            },
        }
    }

    fn judged(raw: &'a str, event: &Event<'_>) -> Self {
        let verdict = if raw.len() > limits::EVENT_BYTES_MAX {
            Err(Why::TooLarge)
        } else {
            event.check().map(|()| event.dt)
        };
        Self {
            raw,
            n: Some(event.n),
            verdict,
        }
    }

    /// The event's JSON.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// The event's number, so that its sender knows which one is meant. `None` where it can't be read, and where no
    /// sender counts that far.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.n.filter(|n| *n <= limits::INTEGER_MAX)
    }

    /// What the contract says of it: the `dt` of a good event.
    ///
    /// # Errors
    /// The first reason to refuse it.
    pub fn verdict(&self) -> Result<i64, Why> {
        self.verdict
    }
}

impl<'de> Wire<'de> for Sent<'de> {
    fn read<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw: &'de RawValue = serde::Deserialize::deserialize(from)?;
        Ok(Self::read_alone(raw.get()))
    }
    fn plain(from: &mut Plain<'de>) -> Result<Self, NotPlain> {
        let (raw, event) = from.span::<Event<'de>>()?;
        Ok(Self::judged(raw, &event))
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.raw.as_bytes());
    }
}

/// The number of an event that can't be read otherwise.
fn number_of(raw: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        n: u64,
    }
    serde_json::from_str::<Numbered>(raw)
        .ok()
        .map(|event| event.n)
}

#[cfg(test)]
#[path = "sent_test.rs"]
mod tests;
