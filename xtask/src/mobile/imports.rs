//! What the library may ask of the system it runs on: committed lists, so that a new dependency on a system shows in review.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// One of the lists in `bindings/mobile/imports`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Imports {
    /// By library the symbols, each with its version where the library has such.
    pub(super) libraries: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

/// The word in place of a library for what the NDK links in: its unwinder.
pub(super) const LINKED_IN: &str = "linked-in";

impl Imports {
    /// Reads a list.
    pub(super) fn committed(path: &str) -> Result<Self> {
        let text = fs::read_to_string(workspace::root().join(path))
            .with_context(|| format!("cannot read {path}"))?;
        Self::parse(&text).with_context(|| format!("{path} is not a list of imports"))
    }

    /// Lines of `LIBRARY SYMBOL` or `LIBRARY SYMBOL@VERSION`; `#` begins a comment.
    fn parse(text: &str) -> Result<Self> {
        let mut imports = Self::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                [] => {}
                [library, symbol] => {
                    let (symbol, version) = symbol
                        .split_once('@')
                        .map_or((symbol, None), |(symbol, version)| {
                            (symbol, Some(version.to_owned()))
                        });
                    let symbols = imports.libraries.entry(library.to_owned()).or_default();
                    symbols.insert(symbol.to_owned(), version);
                }
                _ => bail!("\"{line}\" is not a library and a symbol"),
            }
        }
        Ok(imports)
    }

    /// The list for a library that has its unwinder inside.
    pub(super) fn without_linked_in(mut self) -> Self {
        self.libraries.remove(LINKED_IN);
        self
    }

    /// Says which of these symbols and libraries are not in the list.
    pub(super) fn missing(
        &self,
        symbols: &BTreeSet<String>,
        libraries: &BTreeSet<String>,
    ) -> Vec<String> {
        let known: BTreeSet<&String> = self.libraries.values().flat_map(BTreeMap::keys).collect();
        let unknown = symbols.iter().filter(|symbol| !known.contains(symbol));
        let foreign = libraries
            .iter()
            .filter(|library| !self.libraries.contains_key(*library));
        unknown
            .map(|symbol| format!("it asks for the symbol {symbol}"))
            .chain(foreign.map(|library| format!("it asks for the library {library}")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# libc\nlibc.so.6 malloc@GLIBC_2.2.5\nlibc.so.6 open # by the journal\n\nlinked-in _Unwind_Resume\n";

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_symbol_or_a_library_that_is_not_listed_is_named() {
        let list = Imports::parse(LIST).unwrap();
        assert_eq!(
            list.missing(&set(&["malloc", "_Unwind_Resume"]), &set(&["libc.so.6"])),
            Vec::<String>::new()
        );
        assert_eq!(
            list.missing(&set(&["open", "socket"]), &set(&["libssl.so"])),
            [
                "it asks for the symbol socket",
                "it asks for the library libssl.so"
            ]
        );
        assert_eq!(
            list.without_linked_in()
                .missing(&set(&["_Unwind_Resume"]), &set(&[])),
            ["it asks for the symbol _Unwind_Resume"]
        );
    }

    #[test]
    fn a_line_is_a_library_a_symbol_and_perhaps_a_version() {
        let list = Imports::parse(LIST).unwrap();
        let libc = &list.libraries["libc.so.6"];
        assert_eq!(libc["malloc"].as_deref(), Some("GLIBC_2.2.5"));
        assert_eq!(libc["open"], None);
        assert!(Imports::parse("libc.so.6").is_err());
    }
}
