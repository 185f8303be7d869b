//! Checked text: identifiers, paths and labels that exist only when they fit the wire's limits.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::limits::{DIMENSION_CHARS_MAX, ID_CHARS_MAX, LABEL_CHARS_MAX, PATH_CHARS_MAX};

/// A text can't go on the wire as what it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing is left after trimming white space.
    #[error("{what} is empty")]
    Empty {
        /// The kind of text, such as `content id`.
        what: &'static str,
    },
    /// Too many characters.
    #[error("{what} has {chars} characters, at most {max} are allowed")]
    TooLong {
        /// The kind of text.
        what: &'static str,
        /// How many characters it has.
        chars: usize,
        /// How many it may have.
        max: usize,
    },
    /// A character below U+0020, or U+007F.
    #[error("{what} holds a control character")]
    Control {
        /// The kind of text.
        what: &'static str,
    },
}

fn checked(what: &'static str, text: &str, max: usize) -> Result<Arc<str>, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Empty { what });
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidText::Control { what });
    }
    if text.len() > max {
        let chars = text.chars().count();
        if chars > max {
            return Err(InvalidText::TooLong { what, chars, max });
        }
    }
    Ok(Arc::from(text))
}

macro_rules! checked_text {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $max:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            #[doc = concat!("Checks a ", $what, "; white space around it is dropped.")]
            ///
            /// # Errors
            /// [`InvalidText`] when it is empty, too long or holds a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidText> {
                checked($what, text.as_ref(), $max).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidText;
            fn from_str(text: &str) -> Result<Self, InvalidText> {
                Self::new(text)
            }
        }
    )*};
}

checked_text! {
    /// What was shown: the id of an item, article or creative. At most 128 characters.
    ContentId, "content id", ID_CHARS_MAX;
    /// Where it was shown: a placement of the page or screen. At most 128 characters.
    PlacementId, "placement id", ID_CHARS_MAX;
    /// The ranking request (slate) that chose it. At most 128 characters.
    RequestId, "request id", ID_CHARS_MAX;
    /// The model and its version that chose it, such as `bts@47`. At most 128 characters.
    ModelId, "model id", ID_CHARS_MAX;
    /// What a conversion reached, such as `purchase`. At most 128 characters.
    Goal, "goal", ID_CHARS_MAX;
    /// The host's number of an order, so that a conversion reported twice counts once. At most 128 characters.
    OrderId, "order id", ID_CHARS_MAX;
    /// Whose page or app shows the content. Write keys and visitor ids are bound to it. At most 128 characters.
    AffiliateId, "affiliate id", ID_CHARS_MAX;
    /// A site or app, such as `news.example.jp`. At most 128 characters.
    Site, "site", ID_CHARS_MAX;
    /// A page's path or a screen's name, without query or fragment. At most 512 characters.
    PagePath, "page path", PATH_CHARS_MAX;
    /// Host and path a click leads to, without query or fragment. At most 512 characters.
    Target, "click target", PATH_CHARS_MAX;
    /// The host a visitor came from. At most 512 characters.
    Referrer, "referrer", PATH_CHARS_MAX;
    /// A short word for a device class, system, language, reason or form of a content. At most 64 characters.
    Label, "label", LABEL_CHARS_MAX;
    /// A key or a value of a dimension or experiment. At most 64 characters.
    Dimension, "dimension", DIMENSION_CHARS_MAX;
}

#[cfg(test)]
mod tests {
    use super::{ContentId, InvalidText};

    #[test]
    fn white_space_around_an_id_is_dropped() {
        assert_eq!(ContentId::new(" item-14\n").unwrap().as_str(), "item-14");
    }

    #[test]
    fn an_empty_id_does_not_exist() {
        assert_eq!(
            ContentId::new("  "),
            Err(InvalidText::Empty { what: "content id" })
        );
    }

    #[test]
    fn limits_count_characters_and_not_bytes() {
        assert!(ContentId::new("あ".repeat(128)).is_ok());
        let error = ContentId::new("あ".repeat(129)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "content id has 129 characters, at most 128 are allowed"
        );
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(
            ContentId::new("a\u{0}b"),
            Err(InvalidText::Control { what: "content id" })
        );
    }
}
