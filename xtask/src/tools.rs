//! Tools a command needs: installed when missing, or a clear word on what to install.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::steps;

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

/// A cargo subcommand from crates.io, such as `cargo-fuzz`.
///
/// # Errors
/// Where it is missing and can't be installed.
pub(crate) fn subcommand(name: &str) -> Result<()> {
    let short = name.trim_start_matches("cargo-");
    if answers(Command::new("cargo").args([short, "--version"])) {
        return Ok(());
    }
    println!("{name} is missing: installing it with cargo");
    if steps::run(Command::new("cargo").args(["install", "--locked", name])).is_err() {
        bail!("{name} is missing and could not be installed: run `cargo install {name}`");
    }
    Ok(())
}

fn answers(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
