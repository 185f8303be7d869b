//! The description of a package in a Maven repository, and where its files lie there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{VERSION, archive};
use crate::workspace;

/// A package of the group `dev.eyeline`.
pub(super) struct Artifact {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    /// `aar` or `jar`.
    pub(super) packaging: &'static str,
    pub(super) needs: Vec<Needed>,
}

/// What whoever uses a package has to have as well.
pub(super) struct Needed {
    pub(super) group: &'static str,
    pub(super) name: &'static str,
    pub(super) version: String,
    /// Where it is not a jar.
    pub(super) packaging: Option<&'static str>,
}

impl Needed {
    /// A library that the Kotlin packages are built with, in the version their pom.xml names.
    pub(super) fn of_build(
        group: &'static str,
        name: &'static str,
        property: &str,
    ) -> Result<Self> {
        let pom = fs::read_to_string(workspace::root().join(POM))
            .with_context(|| format!("cannot read {POM}"))?;
        let version = property_of(&pom, property)
            .with_context(|| format!("{POM} has no property {property}"))?;
        Ok(Needed {
            group,
            name,
            version: version.to_owned(),
            packaging: None,
        })
    }

    /// The same, packaged otherwise.
    pub(super) fn packaged(self, packaging: &'static str) -> Self {
        Needed {
            packaging: Some(packaging),
            ..self
        }
    }
}

impl Artifact {
    /// The file of this ending in a repository below `folder`.
    pub(super) fn file(&self, folder: &Path, ending: &str) -> Result<PathBuf> {
        let place = folder.join("dev/eyeline").join(self.name).join(VERSION);
        fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
        Ok(place.join(format!("{}-{VERSION}{ending}", self.name)))
    }

    /// Writes the description.
    pub(super) fn describe(&self, folder: &Path) -> Result<()> {
        let path = self.file(folder, ".pom")?;
        fs::write(&path, self.pom()?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        archive::checksum(&path).map(drop)
    }

    fn pom(&self) -> Result<String> {
        let mut pom = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  <modelVersion>4.0.0</modelVersion>\n",
        );
        writeln!(
            pom,
            "  <groupId>dev.eyeline</groupId>\n  <artifactId>{}</artifactId>",
            self.name
        )?;
        writeln!(
            pom,
            "  <version>{VERSION}</version>\n  <packaging>{}</packaging>",
            self.packaging
        )?;
        writeln!(pom, "  <description>{}</description>", self.says)?;
        pom.push_str("  <licenses>\n");
        for (name, url) in LICENSES {
            writeln!(
                pom,
                "    <license><name>{name}</name><url>{url}</url></license>"
            )?;
        }
        pom.push_str("  </licenses>\n  <dependencies>\n");
        for needed in &self.needs {
            let kind = needed
                .packaging
                .map_or(String::new(), |kind| format!("<type>{kind}</type>"));
            writeln!(
                pom,
                "    <dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>{kind}</dependency>",
                needed.group, needed.name, needed.version
            )?;
        }
        pom.push_str("  </dependencies>\n</project>\n");
        Ok(pom)
    }
}

fn property_of<'a>(pom: &'a str, property: &str) -> Option<&'a str> {
    let (_, rest) = pom.split_once(&format!("<{property}>"))?;
    Some(rest.split_once(&format!("</{property}>"))?.0)
}

const POM: &str = "bindings/mobile/kotlin/pom.xml";

/// As Cargo.toml has it, in the words of <https://spdx.org/licenses>.
const LICENSES: [(&str, &str); 2] = [
    (
        "Apache-2.0",
        "https://www.apache.org/licenses/LICENSE-2.0.txt",
    ),
    ("MIT", "https://opensource.org/licenses/MIT"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_has_the_version_it_was_built_with() {
        let jna = Needed::of_build("net.java.dev.jna", "jna", "jna.version").unwrap();
        assert!(
            jna.version.starts_with(|c: char| c.is_ascii_digit()),
            "{}",
            jna.version
        );
        let artifact = Artifact {
            name: "eyeline-android",
            says: "Eyeline",
            packaging: "aar",
            needs: vec![jna.packaged("aar")],
        };
        let pom = artifact.pom().unwrap();
        assert!(pom.contains("<artifactId>jna</artifactId>"), "{pom}");
        assert!(pom.contains("<type>aar</type>"), "{pom}");
    }
}
