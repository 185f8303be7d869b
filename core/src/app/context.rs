//! What stands once a batch: page, device, experiments and dimensions.

use super::text::{Dimension, InvalidText, Label, PagePath, Referrer, Site};
use crate::limits::{DIMENSIONS_MAX, EXPERIMENTS_MAX};

/// A page of a site or a screen of an app, now shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The site or app.
    pub site: Option<Site>,
    /// The page's path or the screen's name.
    pub path: Option<PagePath>,
    /// The host the visitor came from.
    pub referrer: Option<Referrer>,
}

impl Page {
    /// A page named by its path, on the site of the page before.
    #[must_use]
    pub fn new(path: PagePath) -> Self {
        Self {
            site: None,
            path: Some(path),
            referrer: None,
        }
    }
}

/// The device, described coarsely enough to single nobody out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// `phone`, `tablet`, `desktop`, `tv`…
    pub class: Option<Label>,
    /// The operating system and its version.
    pub os: Option<Label>,
    /// The language as a BCP 47 tag.
    pub language: Option<Label>,
    /// Minutes the local clock is ahead of UTC.
    pub utc_offset_min: Option<i32>,
    /// Width of the viewport in CSS px, dp or pt.
    pub viewport_width: Option<u32>,
    /// Height of the viewport in CSS px, dp or pt.
    pub viewport_height: Option<u32>,
}

/// Named values: the variants of running experiments, or custom dimensions. Few, ascending by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pairs(Vec<(Dimension, Dimension)>);

/// Pairs can't go on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPairs {
    /// A key or a value is empty, too long or holds a control character.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// Too many pairs.
    #[error("there are {count} {what}, at most {max} are allowed")]
    TooMany {
        /// `dimensions` or `experiments`.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
}

impl Pairs {
    /// Checks custom dimensions: at most 8.
    ///
    /// # Errors
    /// [`InvalidPairs`] says which limit is broken.
    pub fn dimensions<K: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, InvalidPairs> {
        Self::checked("dimensions", DIMENSIONS_MAX, pairs)
    }

    /// Checks experiments with the variant the visitor is in: at most 32.
    ///
    /// # Errors
    /// [`InvalidPairs`] says which limit is broken.
    pub fn experiments<K: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, InvalidPairs> {
        Self::checked("experiments", EXPERIMENTS_MAX, pairs)
    }

    fn checked<K: AsRef<str>, V: AsRef<str>>(
        what: &'static str,
        max: usize,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, InvalidPairs> {
        let mut checked = Self::default();
        for (key, value) in pairs {
            checked.set(Dimension::new(key)?, Dimension::new(value)?);
        }
        let count = checked.0.len();
        if count > max {
            return Err(InvalidPairs::TooMany { what, count, max });
        }
        Ok(checked)
    }

    fn set(&mut self, key: Dimension, value: Dimension) {
        match self.0.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Every pair, ascending by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidPairs, Pairs};

    #[test]
    fn a_ninth_dimension_is_refused() {
        let pairs = |count: usize| (0..count).map(|i| (format!("k{i}"), "v"));
        assert!(Pairs::dimensions(pairs(8)).is_ok());
        let refused = InvalidPairs::TooMany {
            what: "dimensions",
            count: 9,
            max: 8,
        };
        assert_eq!(Pairs::dimensions(pairs(9)), Err(refused));
    }

    #[test]
    fn pairs_come_back_ascending_by_key() {
        let pairs = Pairs::experiments([("recs", "bts"), ("ads", "off")]).unwrap();
        assert_eq!(
            pairs.iter().collect::<Vec<_>>(),
            [("ads", "off"), ("recs", "bts")]
        );
    }
}
