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
  EYELINE_SIM_SCHEDULES   schedules of the simulation [1000000]
  PROPTEST_CASES          cases of each property [100000]
  EYELINE_FUZZ_SECONDS    seconds of fuzzing for each target [3600]";

/// What each setting is unless the environment says otherwise.
const DEFAULTS: [(&str, &str); 5] = [
    ("EYELINE_KILLS", "10000"),
    ("EYELINE_BACKEND_KILLS", "1000"),
    ("EYELINE_SIM_SCHEDULES", "1000000"),
    ("PROPTEST_CASES", "100000"),
    ("EYELINE_FUZZ_SECONDS", "3600"),
];

/// The packages whose tests read the settings, the ones that kill processes first. Each reads the number of its own kills from
/// `EYELINE_KILLS`: a client's for `eyeline`, a collector's or a loader's for the others.
const PACKAGES: [(&str, &str); 5] = [
    ("eyeline", "EYELINE_KILLS"),
    ("eyeline-collector", "EYELINE_BACKEND_KILLS"),
    ("eyeline-loader", "EYELINE_BACKEND_KILLS"),
    ("eyeline-tests", "EYELINE_BACKEND_KILLS"),
    ("eyeline-core", "EYELINE_KILLS"),
];

/// Runs the long tests, then each fuzz target.
pub(crate) fn run() -> Result<()> {
    for (name, _) in DEFAULTS {
        println!("{name}={}", setting(name));
    }
    for (package, kills) in PACKAGES {
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
        cargo
            .envs(DEFAULTS.map(|(name, _)| (name, setting(name))))
            .env("EYELINE_KILLS", setting(kills));
        steps::run(&mut cargo).with_context(|| format!("the long tests of {package}"))?;
        println!("── {package}: ok ({:.0} s)", begun.elapsed().as_secs_f64());
    }
    fuzz()
}

fn setting(name: &str) -> String {
    let default = DEFAULTS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, value)| value);
    env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// Every target of `fuzz/`, with cargo-fuzz on the nightly toolchain it needs.
fn fuzz() -> Result<()> {
    let seconds = setting("EYELINE_FUZZ_SECONDS");
    tools::subcommand("cargo-fuzz")?;
    let targets = workspace::root().join("fuzz/fuzz_targets");
    let files =
        fs::read_dir(&targets).with_context(|| format!("cannot read {}", targets.display()))?;
    let names = files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    for name in names {
        println!("\n── fuzz {name}: {seconds} s");
        let mut fuzz = Command::new("cargo");
        fuzz.current_dir(workspace::root())
            .env("CARGO_TARGET_DIR", workspace::target()?.join("fuzz"));
        fuzz.args([
            "+nightly",
            "fuzz",
            "run",
            &name,
            "--",
            &format!("-max_total_time={seconds}"),
        ]);
        steps::run(&mut fuzz)?;
    }
    Ok(())
}
