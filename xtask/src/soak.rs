//! `cargo xtask soak`: the kill tests and the fuzz targets at full length. Not part of `test`, which runs them short.

use std::env;
use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{steps, tools, workspace};

/// What can be set, for `--help`.
pub(crate) const SETTINGS: &str = "\
Settings, all environment variables:
  EYELINE_KILLS           kill -9 of a client [10000]
  EYELINE_BACKEND_KILLS   kill -9 of a collector, and of a loader [1000]
  EYELINE_SCHEDULES       schedules of the simulation [1000000]
  PROPTEST_CASES          cases of each property [100000]
  EYELINE_FUZZ_SECONDS    seconds of fuzzing for each target [3600]";

const DEFAULTS: [(&str, &str); 4] = [
    ("EYELINE_KILLS", "10000"),
    ("EYELINE_BACKEND_KILLS", "1000"),
    ("EYELINE_SCHEDULES", "1000000"),
    ("PROPTEST_CASES", "100000"),
];

/// The packages whose tests read the settings, the ones that kill processes first.
const PACKAGES: [&str; 5] = [
    "eyeline",
    "eyeline-tests",
    "eyeline-collector",
    "eyeline-loader",
    "eyeline-core",
];

/// Runs the long tests, then each fuzz target.
pub(crate) fn run() -> Result<()> {
    let settings: Vec<_> = DEFAULTS
        .iter()
        .map(|(name, value)| (*name, env::var(name).unwrap_or((*value).to_owned())))
        .collect();
    for (name, value) in &settings {
        println!("{name}={value}");
    }
    for package in PACKAGES {
        println!("\n── {package}");
        let begun = Instant::now();
        let mut cargo = workspace::cargo()?;
        cargo.args([
            "test",
            "--locked",
            "--release",
            "--package",
            package,
            "--",
            "--nocapture",
        ]);
        cargo.envs(settings.iter().map(|(name, value)| (name, value)));
        steps::run(&mut cargo).with_context(|| format!("the long tests of {package}"))?;
        println!("── {package}: ok ({:.0} s)", begun.elapsed().as_secs_f64());
    }
    fuzz()
}

/// Every target under `fuzz/fuzz_targets`, with cargo-fuzz on the nightly toolchain it needs.
fn fuzz() -> Result<()> {
    let seconds = env::var("EYELINE_FUZZ_SECONDS").unwrap_or_else(|_| "3600".to_owned());
    tools::subcommand("cargo-fuzz")?;
    let mut names: Vec<_> = fs::read_dir(workspace::root().join("fuzz/fuzz_targets"))?
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    for name in names {
        println!("\n── fuzz {name}: {seconds} s");
        let mut fuzz = Command::new("cargo");
        fuzz.current_dir(workspace::root())
            .env("CARGO_TARGET_DIR", workspace::target()?.join("fuzz"));
        let time = format!("-max_total_time={seconds}");
        fuzz.args(["+nightly", "fuzz", "run", &name, "--", &time]);
        steps::run(&mut fuzz)?;
    }
    Ok(())
}
