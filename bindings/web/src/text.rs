//! Lists that cross the border as one string, their parts separated by U+0001: no text of the wire may hold that character.

use std::str::FromStr;

/// A checked text; `None` where it is empty or not valid as what it should be.
pub(crate) fn maybe<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// The parts of a list.
pub(crate) fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(SEPARATOR)
}

/// The next part as a checked text.
pub(crate) fn next<'a, T: FromStr>(parts: &mut impl Iterator<Item = &'a str>) -> Option<T> {
    parts.next().and_then(maybe)
}

/// The pairs of a list in which keys and values take turns; a key without a value is left out.
pub(crate) fn pairs(list: &str) -> Vec<(&str, &str)> {
    let mut parts = parts(list);
    let mut pairs = Vec::new();
    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
        pairs.push((key, value));
    }
    pairs
}

const SEPARATOR: char = '\u{1}';

#[cfg(test)]
mod tests {
    use super::{maybe, next, pairs, parts};
    use eyeline_core::{ContentId, Label};

    #[test]
    fn an_empty_or_invalid_text_is_none() {
        assert_eq!(maybe::<ContentId>(""), None);
        assert_eq!(maybe::<ContentId>("a\u{7}b"), None);
        assert_eq!(maybe("item-14"), Some(ContentId::new("item-14").unwrap()));
    }

    #[test]
    fn a_list_may_have_holes_and_end_early() {
        let mut list = parts("phone\u{1}\u{1}ja-JP");
        let found: [Option<Label>; 4] = std::array::from_fn(|_| next(&mut list));
        let found = found.map(|label| label.map(|label| label.as_str().to_owned()));
        assert_eq!(
            found,
            [Some("phone".into()), None, Some("ja-JP".into()), None]
        );
    }

    #[test]
    fn pairs_take_turns_and_a_lone_key_is_left_out() {
        assert_eq!(pairs(""), []);
        assert_eq!(pairs("edition\u{1}jp\u{1}lone"), [("edition", "jp")]);
    }
}
