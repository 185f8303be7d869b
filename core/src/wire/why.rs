//! Why an event or a line was refused: one list for the collector's answers, its bad lines and the loader's rejects.

use std::fmt;

/// Why an event, a batch or a raw line was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Why {
    /// Not JSON, or JSON that ends too early.
    BadJson,
    /// A byte below 0x20 outside an escape: it could forge a line.
    ControlByte,
    /// A value of the wrong type.
    BadType,
    /// A required field is missing.
    Missing,
    /// A key stands twice in one object.
    DuplicateKey,
    /// A wire model this version can't read.
    UnknownVersion,
    /// More events than a batch may hold.
    TooManyEvents,
    /// An event or a batch of too many bytes.
    TooLarge,
    /// A text of too many characters, unknown keys of too many bytes, or an empty text where one is needed.
    BadLength,
    /// A number outside its range.
    OutOfRange,
    /// Too many keys in one object.
    TooManyKeys,
    /// An unknown value nested too deeply.
    TooDeep,
    /// The same number stands twice in one batch.
    DuplicateNumber,
    /// A clock reading that no clock shows.
    BadClock,
    /// The write key is not bound to this affiliate.
    WrongAffiliate,
    /// Arrived after the warehouse had forgotten what it already holds of this instance.
    TooOld,
    /// A reason of a later version.
    Other,
}

impl Why {
    /// Every reason, for tables and documentation.
    pub const ALL: [Self; 17] = [
        Self::BadJson,
        Self::ControlByte,
        Self::BadType,
        Self::Missing,
        Self::DuplicateKey,
        Self::UnknownVersion,
        Self::TooManyEvents,
        Self::TooLarge,
        Self::BadLength,
        Self::OutOfRange,
        Self::TooManyKeys,
        Self::TooDeep,
        Self::DuplicateNumber,
        Self::BadClock,
        Self::WrongAffiliate,
        Self::TooOld,
        Self::Other,
    ];

    /// The reason's name on the wire and in the warehouse.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadJson => "bad_json",
            Self::ControlByte => "control_byte",
            Self::BadType => "bad_type",
            Self::Missing => "missing",
            Self::DuplicateKey => "duplicate_key",
            Self::UnknownVersion => "unknown_version",
            Self::TooManyEvents => "too_many_events",
            Self::TooLarge => "too_large",
            Self::BadLength => "bad_length",
            Self::OutOfRange => "out_of_range",
            Self::TooManyKeys => "too_many_keys",
            Self::TooDeep => "too_deep",
            Self::DuplicateNumber => "duplicate_number",
            Self::BadClock => "bad_clock",
            Self::WrongAffiliate => "wrong_affiliate",
            Self::TooOld => "too_old",
            Self::Other => "other",
        }
    }

    /// The reason of this name; one this version does not know is [`Why::Other`].
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|why| why.as_str() == name)
            .unwrap_or(Self::Other)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> super::Wire<'de> for Why {
    #[cfg(feature = "decode")]
    fn read<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::read(from).map(|name| Self::named(&name))
    }
    #[cfg(feature = "decode")]
    fn plain(from: &mut super::plain::Plain<'de>) -> Result<Self, super::plain::NotPlain> {
        from.string().map(Self::named)
    }
    fn write(&self, out: &mut Vec<u8>) {
        super::json::write_text(self.as_str(), out);
    }
}
