//! Sizes that are committed to the byte, and hold for the one compiler they were measured with.

use std::collections::{BTreeMap, BTreeSet};

/// Bytes by name.
pub(crate) struct Sizes<'a> {
    /// What the compiler calls itself.
    pub(crate) rustc: &'a str,
    pub(crate) bytes: &'a BTreeMap<String, u64>,
}

/// Everything whose size is not the committed one; `file` is where that stands. With another compiler nothing is.
pub(crate) fn changed(file: &str, committed: &Sizes<'_>, now: &Sizes<'_>) -> Vec<String> {
    if committed.rustc != now.rustc {
        println!(
            "exact sizes are committed for {}, this is {}: held to the limits alone",
            committed.rustc, now.rustc
        );
        return Vec::new();
    }
    let names: BTreeSet<_> = committed.bytes.keys().chain(now.bytes.keys()).collect();
    let said =
        |size: Option<&u64>| size.map_or("not there".to_owned(), |size| format!("{size} bytes"));
    names
        .into_iter()
        .filter(|name| committed.bytes.get(*name) != now.bytes.get(*name))
        .map(|name| {
            let (before, after) = (committed.bytes.get(name), now.bytes.get(name));
            format!("{name}: {} now, {} in {file}", said(after), said(before))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: [(&str, u64); 3] = [("a", 2_000), ("b", 9_000), ("c", 500)];
    const AFTER: [(&str, u64); 3] = [("a", 2_001), ("c", 500), ("d", 9)];

    fn found(before: &str, after: &str) -> Vec<String> {
        let map = |sizes: [(&str, u64); 3]| sizes.map(|(name, size)| (name.to_owned(), size));
        let (old, new) = (BTreeMap::from(map(BEFORE)), BTreeMap::from(map(AFTER)));
        let sizes = |rustc, bytes| Sizes { rustc, bytes };
        changed("size.json", &sizes(before, &old), &sizes(after, &new))
    }

    #[test]
    fn a_byte_more_or_less_and_a_file_that_comes_or_goes_are_said() {
        assert_eq!(
            found("rustc 1", "rustc 1"),
            [
                "a: 2001 bytes now, 2000 bytes in size.json",
                "b: not there now, 9000 bytes in size.json",
                "d: 9 bytes now, not there in size.json",
            ]
        );
    }

    #[test]
    fn exact_sizes_hold_for_the_compiler_they_were_measured_with() {
        assert!(found("rustc 1", "rustc 2").is_empty());
    }
}
