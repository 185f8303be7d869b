//! The ways in: bytes of a batch, an event, an answer or a raw line become values, or an error that names the fault.

use super::plain;
use super::value::Wire;
use super::{Answer, Batch, Event, Forget, Sent, Why};

/// A batch whose events are still as sent, each with its own verdict: [`Envelope::open`](Batch::open).
pub type Envelope<'a> = Batch<'a, Sent<'a>>;

/// What is wrong with the input. It never quotes the input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} at byte {at}: {detail}")]
pub struct DecodeError {
    /// The reason, as counted.
    pub why: Why,
    /// Offset in bytes from the start of the input; 0 where it is the whole input's fault.
    pub at: usize,
    /// What was expected, or the key concerned.
    pub detail: String,
}

impl<'a> Batch<'a> {
    /// Reads a batch; every event must be well formed. [`Batch::check`] judges its values.
    ///
    /// # Errors
    /// [`DecodeError`] at the first fault.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

impl<'a> Batch<'a, Sent<'a>> {
    /// Reads a batch's context, leaves its events as they are, and judges each on its own.
    ///
    /// # Errors
    /// [`DecodeError`] at the first fault outside the events.
    pub fn open(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

impl<'a> Event<'a> {
    /// Reads one event. [`Event::check`] judges its values.
    ///
    /// # Errors
    /// [`DecodeError`] at the first fault.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

impl<'a> Answer<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`DecodeError`] when it is not ours.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

impl<'a> Forget<'a> {
    /// Reads a request to forget.
    ///
    /// # Errors
    /// [`DecodeError`] at the first fault.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

/// Reads one value that fills the input.
pub(super) fn decode<'a, T: Wire<'a>>(bytes: &'a [u8]) -> Result<T, DecodeError> {
    if let Some(at) = control_byte(bytes) {
        return Err(DecodeError {
            why: Why::ControlByte,
            at,
            detail: "write control characters as escapes".to_owned(),
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| DecodeError {
        why: Why::BadJson,
        at: e.valid_up_to(),
        detail: "not UTF-8".to_owned(),
    })?;
    if let Ok(value) = plain::read(text) {
        return Ok(value);
    }
    let mut from = serde_json::Deserializer::from_str(text);
    T::read(&mut from)
        .and_then(|value| from.end().map(|()| value))
        .map_err(|e| DecodeError::of(&e))
}

/// The first byte below 0x20. Looks at whole blocks first, which compiles to vector instructions.
fn control_byte(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64;
    let controls = |block: &[u8]| {
        block
            .iter()
            .fold(false, |found, byte| found | (*byte < 0x20))
    };
    let (number, block) = bytes
        .chunks(BLOCK)
        .enumerate()
        .find(|(_, block)| controls(block))?;
    let within = block.iter().position(|byte| *byte < 0x20)?;
    Some(number * BLOCK + within)
}

impl DecodeError {
    /// The reader reports through serde's messages, whose forms serde fixes; what follows the form may quote the input and is dropped.
    fn of(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let message = message
            .rsplit_once(" at line ")
            .map_or(&*message, |(head, _)| head);
        let expected = || {
            message
                .rsplit_once(", expected ")
                .map_or("another value", |(_, what)| what)
        };
        let (why, detail) = match message.split_once(' ') {
            _ if !error.is_data() => (Why::BadJson, "not well-formed JSON".to_owned()),
            Some(("missing", key)) => (Why::Missing, key.to_owned()),
            Some(("duplicate", key)) => (Why::DuplicateKey, key.to_owned()),
            Some(("invalid", rest)) if rest.starts_with("length") => (
                if message.ends_with(DEEP) {
                    Why::TooDeep
                } else {
                    Why::TooManyKeys
                },
                format!("expected {}", expected()),
            ),
            _ => (Why::BadType, format!("expected {}", expected())),
        };
        // Input without control bytes has one line, so the column is the offset; serde counts columns from 1.
        Self {
            why,
            at: error.column().saturating_sub(1),
            detail,
        }
    }
}

/// How the reader words its demand for less nesting, and for fewer keys.
pub(super) const DEEP: &str = "less nesting";
pub(super) const MANY: &str = "fewer keys";
