//! Wire contract v1: what clients send, what the collector answers, and the raw lines between collector and loader.
//!
//! Field names are whole words in Rust and short keys in JSON; the doc comment of each field names its key.
//! Readers borrow from the input, keep what they do not know, and refuse a key that stands twice.

mod answer;
mod batch;
mod check;
#[cfg(feature = "decode")]
mod decode;
mod event;
pub(crate) mod json;
#[cfg(feature = "decode")]
mod line;
mod object;
mod pairs;
#[cfg(feature = "decode")]
mod plain;
#[cfg(feature = "decode")]
mod sent;
pub(crate) mod value;
mod why;

pub use answer::{Answer, Forget, Rejected};
pub use batch::{Batch, Consent, ConsentMode, Device, Encoded, Previous, Source, User};
pub use check::check_attempt;
#[cfg(feature = "decode")]
pub use decode::{DecodeError, Envelope};
pub use event::{Event, Kind, Lost};
#[cfg(feature = "decode")]
pub use line::{BadEvent, BadLine, ForgetLine, Line, RawLine};
pub use pairs::{Extra, Pairs};
#[cfg(feature = "decode")]
pub use sent::Sent;
pub use value::Wire;
pub use why::Why;
