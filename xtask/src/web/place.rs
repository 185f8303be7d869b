//! Where the parts of the web build lie.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace;

/// The folders and the version of one build.
pub(super) struct Place {
    /// `bindings/web` in the checkout.
    pub(super) package: PathBuf,
    /// Where stages keep what they made, beside the Rust build.
    pub(super) build: PathBuf,
    /// The version of the npm package, part of most file names.
    pub(super) version: String,
}

impl Place {
    pub(super) fn new() -> Result<Self> {
        let package = workspace::root().join("bindings/web");
        let manifest = fs::read_to_string(package.join("package.json"))
            .context("cannot read bindings/web/package.json")?;
        let manifest: serde_json::Value =
            serde_json::from_str(&manifest).context("bindings/web/package.json is not JSON")?;
        let version = manifest["version"].as_str();
        Ok(Self {
            version: version
                .context("bindings/web/package.json has no version")?
                .to_owned(),
            build: workspace::target()?.join("web"),
            package,
        })
    }

    /// What is published.
    pub(super) fn dist(&self) -> PathBuf {
        self.package.join("dist")
    }

    /// `eyeline-core-<version>.<ending>`.
    pub(super) fn core_name(&self, ending: &str) -> String {
        format!("eyeline-core-{}.{ending}", self.version)
    }

    /// A command that npm installed, run in the package's folder.
    pub(super) fn node_tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.package.join("node_modules/.bin").join(name));
        command.current_dir(&self.package);
        command
    }

    /// `node`, in the package's folder.
    pub(super) fn node(&self) -> Command {
        let mut command = Command::new("node");
        command.current_dir(&self.package);
        command
    }
}
