//! The document check: every file that ARCHITECTURE.md names, and every relative link in a Markdown file, exists.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::steps::Tally;
use crate::{layout, workspace};

/// Checks every Markdown file of the checkout.
pub(crate) fn check() -> Result<Tally> {
    let root = workspace::root();
    let mut faults = Vec::new();
    let mut checked = 0;
    for path in layout::files()?
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
    {
        let text = fs::read_to_string(root.join(path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        let beside = root.join(path).parent().unwrap_or(root).to_owned();
        let named = if path == Path::new("ARCHITECTURE.md") {
            paths_named(&text)
        } else {
            Vec::new()
        };
        let linked = links(&text)
            .into_iter()
            .map(|link| (beside.join(&link), link));
        for (target, word) in named
            .into_iter()
            .map(|word| (root.join(&word), word))
            .chain(linked)
        {
            checked += 1;
            if !target.exists() {
                faults.push(format!(
                    "{}: names {word}, which does not exist",
                    path.display()
                ));
            }
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!("{checked} files that documents name or link to exist");
    Ok(Tally::ONE)
}

/// Words between backticks that are paths in the checkout: `core/src/engine.rs`, `backend/sql/`.
fn paths_named(text: &str) -> Vec<String> {
    let words = text.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        word.contains('/')
            && !word.contains([' ', '*', '<', '{', '%', '=', ':'])
            && !word.starts_with('/')
    };
    words.filter(is_path).map(str::to_owned).collect()
}

/// The targets of `[text](target)` that are no web address and no anchor.
fn links(text: &str) -> Vec<String> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| {
        !target.contains("://") && !target.starts_with('#') && !target.starts_with("mailto:")
    });
    local
        .map(|target| target.split('#').next().unwrap_or(target).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words_between_backticks_with_a_slash() {
        let text = "`core/src/lib.rs` decides, `eyeline up` runs; `commits/%020d.json` is a pattern, `/v1/batch` a URL.";
        assert_eq!(paths_named(text), ["core/src/lib.rs"]);
    }

    #[test]
    fn links_are_relative_targets_without_their_anchor() {
        let text = "[a](docs/a.md#part) [b](https://example.org) [c](#here)";
        assert_eq!(links(text), ["docs/a.md"]);
    }
}
