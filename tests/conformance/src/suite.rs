//! The committed scenarios and transcripts, and what a host's transcript is held against.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::scenario::Scenario;

/// What a kind of host does differently by design. `README.md` says what and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Stores every event as it is recorded: native and mobile clients.
    Events,
    /// Stores sealed batches alone: the engine on web pages.
    Batches,
}

impl Class {
    /// The word by which a scenario and a file name it; none for the one all others are compared with.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Events => None,
            Self::Batches => Some("batches"),
        }
    }
}

/// The folder of scenarios.
#[derive(Debug)]
pub struct Suite {
    folder: PathBuf,
    names: Vec<String>,
}

impl Suite {
    /// The project's own.
    ///
    /// # Errors
    /// Where the folder can't be read.
    pub fn of_the_project() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut names = Vec::new();
        for file in fs::read_dir(&folder).context("no folder of scenarios")? {
            let path = file?.path();
            if let (Some("json"), Some(name)) = (
                path.extension().and_then(|ending| ending.to_str()),
                path.file_stem().and_then(|stem| stem.to_str()),
            ) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(Self { folder, names })
    }

    /// The names of all scenarios, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// One scenario.
    ///
    /// # Errors
    /// Where the file is not one.
    pub fn scenario(&self, name: &str) -> Result<Scenario> {
        let text = fs::read_to_string(self.folder.join(name).with_extension("json"))?;
        serde_json::from_str(&text).context("not a scenario")
    }

    /// Holds a transcript against the one that is committed for hosts of this class, or commits to it.
    ///
    /// # Errors
    /// The first line that differs.
    pub fn hold(&self, name: &str, class: Class, transcript: &str, bless: bool) -> Result<()> {
        let own = class.word().filter(|word| {
            self.scenario(name)
                .is_ok_and(|it| it.differs.contains_key(*word))
        });
        let path = self.folder.join(match own {
            Some(word) => format!("{name}.{word}.txt"),
            None => format!("{name}.txt"),
        });
        if bless && (own.is_some() || class == Class::Events) {
            return fs::write(&path, transcript).context("cannot write the transcript");
        }
        let committed = fs::read_to_string(&path)
            .with_context(|| format!("no committed transcript {}", path.display()))?;
        match first_difference(&committed, transcript) {
            Some(difference) => bail!("{difference}"),
            None => Ok(()),
        }
    }

    /// Files that belong to no scenario, and transcripts of a class that say what the common one says.
    ///
    /// # Errors
    /// Where the folder can't be read.
    pub fn strays(&self) -> Result<Vec<String>> {
        let mut strays = Vec::new();
        for file in fs::read_dir(&self.folder)? {
            let path = file?.path();
            let file = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let Some(stem) = file.strip_suffix(".txt") else {
                continue;
            };
            let (name, class) = stem.split_once('.').unwrap_or((stem, ""));
            let Ok(scenario) = self.scenario(name) else {
                strays.push(format!("{file} belongs to no scenario"));
                continue;
            };
            if class.is_empty() || class == FIRST {
                continue;
            }
            if !scenario.differs.contains_key(class) {
                strays.push(format!("{file}: {name} says nothing about {class}"));
            }
            let common = fs::read_to_string(self.folder.join(name).with_extension("txt"))?;
            if fs::read_to_string(&path)? == common {
                strays.push(format!("{file} says what {name}.txt says: no difference"));
            }
        }
        Ok(strays)
    }
}

/// The web's first script alone, which differs everywhere: it sends renders and clicks, and nothing else.
const FIRST: &str = "first";

fn first_difference(committed: &str, found: &str) -> Option<String> {
    let (mut expected, mut got) = (committed.split('\n'), found.split('\n'));
    for line in 1.. {
        match (expected.next(), got.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                let (a, b) = (a.unwrap_or("(the end)"), b.unwrap_or("(the end)"));
                let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b);
                let from = same.count().saturating_sub(SHOWN_BEFORE);
                let said = |line: &str| {
                    let bytes = line.as_bytes().get(from..).unwrap_or_default();
                    String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned()
                };
                return Some(format!(
                    "line {line} differs from byte {from} on\n  committed …{}\n  found     …{}",
                    said(a),
                    said(b)
                ));
            }
        }
    }
    None
}

/// A body is one long line: so much of it is shown, beginning so much before the difference.
const SHOWN: usize = 160;
const SHOWN_BEFORE: usize = 60;
