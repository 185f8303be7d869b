//! The zip's program run on this machine, an emulated arm64 where it is none: the tests of `backend/transform` once more.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use super::{PROGRAM, check};
use crate::steps::{self, Tally};
use crate::{tools, workspace};

/// Unpacks the zip and plays Firehose to what lies in it.
pub(crate) fn test() -> Result<Tally> {
    let program = check::program_of(&super::run()?)?;
    let folder = workspace::target()?.join("lambda/unpacked");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(PROGRAM);
    fs::write(&path, program).with_context(|| format!("cannot write {}", path.display()))?;
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let mut words = emulator()?;
    words.push(path.to_string_lossy().into_owned());
    let mut tests = workspace::cargo()?;
    tests
        // With the whole workspace, as they are built anyway.
        .args(["test", "--workspace", "--locked"])
        .args(["--test", "behind_firehose"])
        // Words, as in a shell.
        .env(tools::BOOTSTRAP, words.join(" "));
    steps::tests(&mut tests)
}

/// Where Debian puts a C library for arm64.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// What stands before a program for arm64 so that it runs here.
fn emulator() -> Result<Vec<String>> {
    if env::consts::ARCH == "aarch64" && env::consts::OS == "linux" {
        return Ok(Vec::new());
    }
    let found = || {
        let qemu = tools::on_path(&["qemu-aarch64-static", "qemu-aarch64"])?;
        Path::new(LIBRARIES)
            .exists()
            .then(|| qemu.to_string_lossy().into_owned())
    };
    let qemu = found().or_else(|| {
        println!("arm64 can't be emulated here yet: installing qemu with apt-get");
        tools::apt_install(&["qemu-user-static", "libc6-arm64-cross"]).ok()?;
        found()
    });
    let Some(qemu) = qemu else {
        bail!(
            "the function for arm64 can't be run here: install qemu's user mode and a C library for it (Debian: qemu-user-static, libc6-arm64-cross)"
        )
    };
    Ok(vec![qemu, "-L".to_owned(), LIBRARIES.to_owned()])
}
