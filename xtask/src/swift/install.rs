//! Swift from Debian's packages, into a folder of the cache: 2.6 GB, once.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::toolchain;
use crate::{steps, tools};

/// The release of Debian that has Swift 6.
const RELEASE: &str = "trixie";

/// Swift, and what it links against.
const PACKAGES: &str = "ca-certificates,swiftlang,libc6-dev,libstdc++-14-dev";

/// Installs a system with Swift in it at `root`. A run that was cut off leaves nothing that counts as installed.
pub(super) fn into(root: &Path) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return toolchain::refuse("only Linux runs what Debian has packaged");
    }
    if steps::output(Command::new("id").arg("-u"))?.trim() != "0" {
        return toolchain::refuse("making a system below a folder needs root");
    }
    if !tools::answers(Command::new("debootstrap").arg("--version")) {
        println!("debootstrap is missing: installing it with apt-get");
        if tools::apt_install(&["debootstrap"]).is_err() {
            return toolchain::refuse("apt-get could not install debootstrap");
        }
    }
    println!(
        "installing Swift from Debian {RELEASE} into {}: 2.6 GB, about two minutes, once",
        root.display()
    );
    let part = root.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part).with_context(|| format!("cannot remove {}", part.display()))?;
    }
    fs::create_dir_all(&part).with_context(|| format!("cannot make {}", part.display()))?;
    let mut debootstrap = Command::new("debootstrap");
    debootstrap
        .args([
            "--variant=minbase",
            &format!("--include={PACKAGES}"),
            RELEASE,
        ])
        .arg(&part)
        .args(mirror());
    if steps::run(&mut debootstrap).is_err() {
        return toolchain::refuse("debootstrap could not fetch it; its last lines above say why");
    }
    // The packages themselves are half a gigabyte that nothing needs again.
    let archives = part.join("var/cache/apt/archives");
    fs::remove_dir_all(&archives)
        .with_context(|| format!("cannot remove {}", archives.display()))?;
    fs::rename(&part, root).with_context(|| format!("cannot make {}", root.display()))
}

/// The mirror this Debian uses, where it is one; debootstrap knows the public one itself.
fn mirror() -> Option<String> {
    let mut apt = Command::new("apt-get");
    apt.args([
        "indextargets",
        "--format",
        "$(SITE)",
        "Origin: Debian",
        "Created-By: Packages",
    ]);
    let sites = steps::output(&mut apt).ok()?;
    let main = |site: &&str| site.trim_end_matches('/').ends_with("/debian");
    sites.lines().find(main).map(str::to_owned)
}
