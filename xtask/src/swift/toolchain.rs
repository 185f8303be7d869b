//! The Swift toolchain: the one on this machine, or one in the cache that is run in a root folder of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::install;
use crate::{steps, tools, workspace};

/// How Swift is run here.
pub(super) enum Toolchain {
    /// `swift` is on the PATH.
    OfMachine,
    /// Swift lies in a system of its own, below this folder.
    OfCache(PathBuf),
}

impl Toolchain {
    /// The machine's Swift, else that of the cache, installed where missing.
    ///
    /// # Errors
    /// Where there is none and none can be installed, saying what to do.
    pub(super) fn find() -> Result<Self> {
        if tools::answers(Command::new("swift").arg("--version")) {
            return Ok(Toolchain::OfMachine);
        }
        let root = workspace::cache()?.join("swift/trixie");
        // It is there whole or not at all: it gets this name once it is installed.
        if !root.is_dir() {
            install::into(&root)?;
        }
        Ok(Toolchain::OfCache(root))
    }

    /// A program of the toolchain, or any program beside it, run in `folder`. It sees the checkout and the
    /// target folder where they are, and the machine's network.
    pub(super) fn command(&self, program: &str, folder: &Path) -> Result<Command> {
        match self {
            Toolchain::OfMachine => {
                let mut command = Command::new(program);
                command.current_dir(folder);
                Ok(command)
            }
            Toolchain::OfCache(root) => inside(root, program, folder),
        }
    }

    /// The first line of `swift --version`.
    pub(super) fn version(&self) -> Result<String> {
        let mut swift = self.command("swift", workspace::root())?;
        let said = steps::output(swift.arg("--version"))?;
        Ok(said.lines().next().unwrap_or_default().to_owned())
    }

    /// Where the tools lie that have no name on the PATH, such as `docc`.
    pub(super) fn tool(&self, name: &str) -> String {
        match self {
            Toolchain::OfMachine => name.to_owned(),
            Toolchain::OfCache(_) => format!("/usr/libexec/swift/bin/{name}"),
        }
    }
}

/// A program run with `root` as its root folder. The mounts belong to this command alone and end with it.
fn inside(root: &Path, program: &str, folder: &Path) -> Result<Command> {
    let target = workspace::target()?;
    std::fs::create_dir_all(&target)
        .with_context(|| format!("cannot make {}", target.display()))?;
    let mut seen = vec![
        PathBuf::from("/proc"),
        PathBuf::from("/dev"),
        PathBuf::from("/tmp"),
        workspace::root().to_owned(),
        target,
    ];
    // A command `eyeline` that is not built here lies where its owner put it.
    let named = env::var_os("EYELINE_BIN").map(PathBuf::from);
    seen.extend(named.as_deref().and_then(Path::parent).map(Path::to_owned));
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-ec", MOUNT_AND_RUN, "sh"])
        .arg(root)
        .args(seen)
        .arg("--")
        .args(["/usr/bin/env", "-C"])
        .arg(folder)
        .arg(program)
        // No tool may write into the home folder of whoever runs this.
        .env("HOME", "/root");
    Ok(command)
}

/// Mounts each named folder at its own place below the root, then runs what follows `--` there.
const MOUNT_AND_RUN: &str = r#"
root=$1; shift
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    shift
done
shift
exec chroot "$root" "$@"
"#;

/// What a machine without Swift is told.
pub(super) fn refuse(why: &str) -> Result<()> {
    bail!(
        "Swift is missing and can't be installed here: {why}. Install Swift 6.0 or later (https://www.swift.org/install) so that \
         `swift` is on the PATH, or run this as root on Debian or Ubuntu, where it is fetched from Debian's packages"
    )
}
