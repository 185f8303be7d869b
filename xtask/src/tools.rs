//! Tools a command needs: installed when missing, or a clear word on what to install.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::{steps, workspace};

/// A component of the Rust toolchain, such as `clippy`.
///
/// # Errors
/// Where it is missing and rustup can't add it.
pub(crate) fn component(name: &str) -> Result<()> {
    let command = if name == "rustfmt" { "fmt" } else { name };
    if answers(Command::new("cargo").args([command, "--version"])) {
        return Ok(());
    }
    println!("{name} is missing: installing it with rustup");
    if steps::run(Command::new("rustup").args(["component", "add", name])).is_err() {
        bail!(
            "{name} is missing and rustup could not add it: install the Rust component `{name}` for your toolchain"
        );
    }
    Ok(())
}

/// A cargo subcommand from crates.io, at the version that is known to work with this project.
pub(crate) struct Subcommand {
    name: &'static str,
    version: &'static str,
}

/// Runs the targets in `fuzz/`.
pub(crate) const FUZZ: Subcommand = Subcommand {
    name: "fuzz",
    version: "0.13.2",
};

/// Checks the dependency graph against `deny.toml`.
pub(crate) const DENY: Subcommand = Subcommand {
    name: "deny",
    version: "0.20.2",
};

/// `cargo`, run in the root, with a subcommand within its reach. What is missing is installed into the cache once.
///
/// # Errors
/// Where it is missing and can't be installed.
pub(crate) fn cargo_with(tool: &Subcommand) -> Result<Command> {
    let folder = workspace::cache()?.join("tools");
    let known = env::var_os("PATH").unwrap_or_default();
    // The cache comes last: who has installed a tool is asked first.
    let path = env::join_paths(env::split_paths(&known).chain([folder.join("bin")]))
        .context("PATH holds a folder that can't stand in it")?;
    // `cargo` as rustup provides it, since a toolchain may be named behind it.
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(workspace::root()).env("PATH", &path);
        cargo
    };
    let Subcommand { name, version } = tool;
    if !answers(cargo().args([name, "--version"])) {
        println!(
            "cargo-{name} is missing: installing it into {}",
            folder.display()
        );
        let mut install = cargo();
        install
            .args(["install", "--locked", "--root"])
            .arg(&folder)
            .arg(format!("cargo-{name}@{version}"))
            .env_remove("CARGO_TARGET_DIR");
        if steps::run(&mut install).is_err() {
            bail!(
                "cargo-{name} is missing and could not be installed: run `cargo install --locked cargo-{name}@{version}`"
            );
        }
    }
    Ok(cargo())
}

/// A Python of its own in the cache, with what a file of requirements names, pinned. Gives its folder of programs.
///
/// # Errors
/// Where python3 or its `venv` is missing, or pip can't install.
pub(crate) fn python(name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = workspace::cache()?.join(name);
    let wanted = fs::read_to_string(workspace::root().join(requirements))
        .with_context(|| format!("cannot read {requirements}"))?;
    let stamp = folder.join("requirements.txt");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    println!(
        "installing what {requirements} names into {}",
        folder.display()
    );
    let made = steps::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    );
    let installed = made.and_then(|()| {
        let mut pip = Command::new(programs.join("python"));
        pip.current_dir(workspace::root()).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "-r",
            requirements,
        ]);
        steps::run(&mut pip)
    });
    if installed.is_err() {
        bail!(
            "Python could not be set up for {requirements}: it takes python3 with its module venv (Debian: python3-venv) and a reachable package index"
        );
    }
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(programs)
}

/// The command `eyeline`: built, unless `EYELINE_BIN` names one.
///
/// # Errors
/// Where it does not build.
pub(crate) fn eyeline() -> Result<PathBuf> {
    match env::var_os(EYELINE) {
        Some(built) => Ok(built.into()),
        None => build_eyeline(),
    }
}

/// Builds the command `eyeline`, with the whole workspace: by itself it has other features, and the query engine is compiled once
/// more.
///
/// # Errors
/// Where it does not build.
pub(crate) fn build_eyeline() -> Result<PathBuf> {
    steps::run(workspace::cargo()?.args([
        "build",
        "--quiet",
        "--workspace",
        "--locked",
        "--bin",
        "eyeline",
    ]))?;
    Ok(workspace::binaries()?.join(format!("eyeline{}", env::consts::EXE_SUFFIX)))
}

/// Names a command `eyeline` that was built before, for tests of every language.
pub(crate) const EYELINE: &str = "EYELINE_BIN";

/// The Lambda function as it is built for this machine: built, unless `EYELINE_BOOTSTRAP` names it.
///
/// # Errors
/// Where it does not build.
pub(crate) fn bootstrap() -> Result<PathBuf> {
    if let Some(built) = env::var_os(BOOTSTRAP) {
        return Ok(built.into());
    }
    steps::run(workspace::cargo()?.args([
        "build",
        "--quiet",
        "--workspace",
        "--locked",
        "--bin",
        "bootstrap",
    ]))?;
    Ok(workspace::binaries()?.join(format!("bootstrap{}", env::consts::EXE_SUFFIX)))
}

/// Names a Lambda function that was built before.
pub(crate) const BOOTSTRAP: &str = "EYELINE_BOOTSTRAP";

/// `strace`, with which tests on Linux watch what a process does to files and network; nothing elsewhere.
///
/// # Errors
/// Where it is missing and apt-get can't install it.
pub(crate) fn strace() -> Result<()> {
    if !cfg!(target_os = "linux") || answers(Command::new("strace").arg("--version")) {
        return Ok(());
    }
    println!("strace is missing: installing it with apt-get");
    if apt_install(&["strace"]).is_err() {
        bail!(
            "strace is missing and apt-get could not install it: install your system's package `strace`"
        );
    }
    Ok(())
}

/// PostgreSQL's server, which tests of the warehouse start for themselves.
///
/// # Errors
/// Where it is missing and apt-get can't install it.
pub(crate) fn postgres() -> Result<()> {
    let debian = fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut found| found.next().is_some());
    if debian || on_path(&["initdb"]).is_some() {
        return Ok(());
    }
    println!("PostgreSQL is missing: installing it with apt-get");
    if apt_install(&["postgresql"]).is_err() {
        bail!(
            "PostgreSQL is missing and apt-get could not install it: install your system's package `postgresql`"
        );
    }
    Ok(())
}

/// Installs Debian packages, without a question; `words` are what stands behind `apt-get install`.
///
/// # Errors
/// Where apt-get is not there, or could not. The caller knows what to say then.
pub(crate) fn apt_install(words: &[&str]) -> Result<()> {
    let apt = |first: &[&str], more: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(first).args(more);
        steps::run(apt.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "--quiet"], &[])?;
    apt(&["install", "--yes", "--quiet"], words)
}

/// Whether a command can be run and is content.
pub(crate) fn answers(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first of these programs that lies on the PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&folders).collect();
    let found = |name: &str| {
        let mut files = folders.iter().map(|folder| folder.join(name));
        files.find(|file| file.is_file())
    };
    names.iter().find_map(|name| found(name))
}
